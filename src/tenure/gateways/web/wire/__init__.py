"""What a page shows and how it is written: shapes, then HTML; no IO."""
