# Hal di luar layanan yang dapat disetujui pelanggan: judul, apa yang dilakukan, dan akibat jika menolak.

purpose-offers = Penawaran Smartfren
purpose-offers-text = Kami memberi tahu Anda tentang penawaran dan promosi kami. Kami memakai data kontak Anda dan layanan yang Anda miliki.
purpose-offers-without = Anda tidak menerima penawaran. Layanan Anda tetap sama.

purpose-contests = Kabar kuis dan undian
purpose-contests-text = Kami menghubungi Anda tentang kuis, kontes, dan undian, dan memeriksa identitas Anda jika Anda ikut serta.
purpose-contests-without = Anda tidak dihubungi tentang kuis dan undian. Layanan Anda tetap sama.

purpose-site-visits = Mengingat kunjungan ke situs
purpose-site-visits-text = Dengan cookie kami mengingat kunjungan Anda ke situs web, untuk menyesuaikan halaman dan menghitung pengunjung.
purpose-site-visits-without = Halaman tidak disesuaikan dengan kunjungan Anda. Semua halaman tetap dapat dipakai.
