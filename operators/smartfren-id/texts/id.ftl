# Nama-nama yang dibaca pelanggan.

offer-prepaid = Smartfren Prabayar
offer-postpaid = Smartfren Pascabayar
offer-business = Smartfren Bisnis

bundle-kuota-10gb = 10 GB untuk 28 hari
bundle-combo = 4 GB, 60 menit dan 60 SMS untuk 14 hari
allowance-kuota-10gb-internet = kuota internet 10 GB
allowance-combo-data = kuota internet 4 GB
allowance-combo-minutes = 60 menit telepon
allowance-combo-texts = 60 SMS

zone-emergency = nomor darurat
zone-onnet = nomor Smartfren
zone-offnet = jaringan lain di Indonesia
zone-intl-1 = negara-negara ASEAN
zone-intl-2 = Asia Timur dan Asia Selatan
zone-intl-3 = Arab Saudi dan negara-negara Teluk
zone-intl-4 = Amerika Utara, Eropa Barat dan Oseania
zone-intl-5 = negara-negara lain
zone-care = layanan pelanggan
zone-service = nomor pendek
zone-group = grup tertutup Anda
zone-internet = internet
zone-social = media sosial
zone-selfcare = layanan mandiri
zone-store = toko aplikasi dan konten digital
zone-national = jaringan lain di Indonesia
zone-roam-1 = negara-negara ASEAN
zone-roam-2 = Asia Timur, Arab Saudi dan negara-negara Teluk
zone-roam-3 = negara-negara lain
zone-any = diterima
zone-local = negara tempat Anda berada
zone-home = Indonesia
zone-abroad = negara lain

# Apa yang diberitahukan kepada pelanggan.

notice-lifecycle-reminder = { $operator }: Masa aktif nomor Anda { $number } sudah berakhir. Nomor ini akan didaur ulang dan diberikan kepada orang lain dalam { $days } hari, pada { $recycled_at }. Isi ulang sebelum itu agar nomor tetap milik Anda. Bantuan: { $care }.
notice-lifecycle-recycled = { $operator }: Nomor { $number } tidak diisi ulang tepat waktu dan bukan milik Anda lagi. Mohon hapus nomor ini dari akun-akun Anda. Bantuan: { $care }.
notice-transfer-asked = { $operator }: Ada permintaan untuk mengalihkan nomor Anda { $number } kepada orang lain. Tidak ada yang berubah tanpa persetujuan Anda. Jika bukan Anda, segera hubungi { $care } untuk menghentikannya.
notice-transfer-consented = { $operator }: Persetujuan untuk mengalihkan nomor { $number } telah diberikan. Jika bukan oleh Anda, segera hubungi { $care } untuk menghentikannya.
notice-transfer-approved = { $operator }: Pengalihan nomor { $number } telah disetujui dan berlaku paling cepat { $effective_at }. Sebelum itu Anda dapat menghentikannya: hubungi { $care }.
notice-transfer-stopped = { $operator }: Pengalihan nomor { $number } telah dihentikan. Tidak ada yang berubah.
notice-transfer-refused = { $operator }: Pengalihan nomor { $number } ditolak. Tidak ada yang berubah. Bantuan: { $care }.
notice-transfer-effected = { $operator }: Nomor { $number } telah dialihkan kepada pemilik baru. Bantuan: { $care }.
notice-transfer-attempted = { $operator }: Ada yang mencoba mengalihkan nomor Anda { $number } kepada orang lain. Upaya itu kami hentikan dan tidak ada yang berubah. Jika Anda tidak mengetahuinya, hubungi { $care }.
notice-sim-asked = { $operator }: Ada permintaan kartu SIM baru untuk nomor Anda { $number }. Jika bukan Anda, segera hubungi { $care }.
notice-sim-replaced = { $operator }: Nomor { $number } kini aktif dengan kartu SIM baru. Jika bukan Anda, segera hubungi { $care }.
notice-sim-old = { $operator }: Kartu SIM ini tidak lagi berlaku untuk nomor { $number }. Jika Anda tidak meminta kartu baru, segera hubungi { $care }.
notice-lock-set = { $operator }: Nomor Anda { $number } telah dikunci. Nomor ini tidak dapat dialihkan atau diganti kartu SIM-nya sampai Anda membuka kuncinya.
notice-lock-lifting = { $operator }: Ada permintaan untuk membuka kunci nomor Anda { $number }. Kunci terbuka pada { $lifted_at }. Jika bukan Anda, segera hubungi { $care }.
notice-lock-lifted = { $operator }: Kunci nomor Anda { $number } sudah dibuka.
notice-access-restricted = { $operator }: Layanan nomor Anda { $number } dibatasi sampai { $ends_at }. Alasan: { $reason } ({ $clause }). Bantuan: { $care }.
notice-access-suspended = { $operator }: Layanan nomor Anda { $number } ditangguhkan. Alasan: { $reason } ({ $clause }). Bantuan: { $care }.
notice-access-terminated = { $operator }: Kontrak nomor { $number } berakhir dengan pemberitahuan ini. Alasan: { $reason } ({ $clause }). Bantuan: { $care }.
notice-access-ended = { $operator }: Pembatasan nomor Anda { $number } telah dicabut. Informasi: { $care }.
notice-access-traffic = { $operator }: Pemakaian jaringan nomor Anda { $number } dibatasi sampai { $ends_at }. Alasan: { $reason } ({ $clause }). Bantuan: { $care }.
notice-security-attempt = { $operator }: Ada yang mencoba mengubah sesuatu pada nomor Anda { $number } tanpa persetujuan Anda. Upaya itu kami hentikan dan tidak ada yang berubah. Informasi: { $care }.
notice-security-proof = { $operator }: Sebuah passkey atau seorang wali telah ditambahkan untuk pemilik nomor { $number }. Jika bukan oleh Anda, segera hubungi { $care }.
notice-staff-break-glass = { $operator }: Pada { $seen_at } seorang staf kami melihat data nomor Anda { $number } dalam keadaan darurat. Hal ini sedang kami tinjau. Informasi: { $care }.
notice-rights-received = { $operator }: Permintaan Anda sudah kami terima: { $right }. Kami menjawab paling lambat { $due_at }. Jika bukan Anda, hubungi { $care }.
notice-rights-proof = { $operator }: Permintaan Anda: { $right }. Sebelum kami menjawab, buktikan identitas Anda: di aplikasi dengan passkey, atau di gerai dengan dokumen, sampai { $ends_at }.
notice-rights-extended = { $operator }: Permintaan Anda: { $right }. Kami memerlukan waktu sampai { $due_at }. Alasan: { $reason } Bantuan: { $care }.
notice-rights-answered = { $operator }: Permintaan Anda: { $right }. { $answer } Bantuan: { $care }.
notice-selfcare-reply = { $text }
notice-person-language = { $operator }: Mulai sekarang pesan untuk nomor Anda { $number } kami kirim dalam bahasa Indonesia.
notice-person-adult = { $operator }: Anda kini sudah cukup umur. Mulai sekarang Anda sendiri yang memutuskan tentang nomor { $number }. Informasi: { $care }.
notice-consent-given = { $operator }: Terima kasih. Anda telah menyetujui: { $purpose }. Untuk berhenti, hubungi { $stop }.
notice-consent-withdrawn = { $operator }: Sesuai permintaan Anda, ini telah kami hentikan: { $purpose }. Informasi: { $care }.
notice-security-profile = { $operator }: Data registrasi pemilik nomor { $number } telah diubah. Jika bukan oleh Anda, segera hubungi { $care }.
notice-security-breach = { $operator }: Data Anda yang kami simpan dapat terlihat oleh pihak lain ({ $when }): { $what } { $handling } Kami mohon maaf. Bantuan: { $care }.
notice-topup-received = { $operator }: Isi ulang { $amount_micros } untuk { $number } berhasil. Pulsa Anda { $funds_micros }, berlaku sampai { $valid_until_at }. Terima kasih.
notice-payment-received = { $operator }: Pembayaran { $amount_micros } untuk { $number } telah kami terima. Sisa tagihan: { $owed_micros }. Terima kasih.
notice-usage-most = { $operator }: Nomor { $number } telah memakai { $percent }% dari { $allowance }.
notice-usage-all = { $operator }: Nomor { $number } telah menghabiskan { $allowance }. Pemakaian selanjutnya dapat dipotong dari pulsa Anda.
notice-usage-low = { $operator }: Sisa pulsa nomor { $number } tinggal { $funds_micros }. Isi ulang agar tetap dapat memakai layanan.
notice-expiry-soon = { $operator }: Masa aktif nomor { $number } berakhir pada { $ends_at }. Isi ulang sebelum itu untuk memperpanjangnya.
notice-expiry-ended = { $operator }: Masa aktif nomor { $number } sudah berakhir. Isi ulang sebelum { $recycled_at } agar nomor tetap milik Anda. Bantuan: { $care }.
notice-tariff-change = { $operator }: Tarif kami berubah mulai { $effective_at }: { $summary }. Selengkapnya: { $page } Bantuan: { $care }.
notice-privacy-change = { $operator }: Pemberitahuan privasi kami berubah mulai { $effective_at }: { $summary }. Selengkapnya: { $page } Bantuan: { $care }.
notice-privacy-lifting = { $operator }: Sesuai permintaan Anda, data Anda kami simpan tanpa dipakai. Mulai { $lifted_at } data itu dipakai lagi. Jika keberatan, hubungi { $care }.
notice-terms-change = { $operator }: Syarat dan ketentuan kami berubah mulai { $effective_at }: { $summary }. Selengkapnya: { $page } Bantuan: { $care }.
notice-marketing-offer = { $operator }: { $text } Berhenti menerima promosi: hubungi { $stop }.

# Yang menyertai teks pemberitahuan yang dikirim lewat surel.

letter-subject-service = { $operator }: tentang permintaan Anda
letter-subject-security = { $operator }: pemberitahuan keamanan nomor Anda
letter-subject-lifecycle = { $operator }: tentang nomor Anda
letter-subject-access = { $operator }: tentang layanan Anda
letter-subject-receipt = { $operator }: tanda terima
letter-subject-usage = { $operator }: tentang pemakaian Anda
letter-subject-expiry = { $operator }: tentang masa aktif nomor Anda
letter-subject-change = { $operator }: perubahan tarif atau ketentuan
letter-subject-marketing = { $operator }: penawaran untuk Anda
letter-body = { $text }
letter-subject-code = { $operator }: konfirmasi alamat Anda
letter-code = Untuk mengonfirmasi alamat ini di { $operator }, sampaikan kode berikut kepada petugas kami: { $code }. Kode berlaku sampai { $until_at }. Jika Anda tidak memberikan alamat ini, abaikan surat ini. Bantuan: { $care }.
