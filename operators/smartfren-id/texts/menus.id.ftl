# Teks di layar telepon dan jawaban SMS.  Setiap teks boleh menyebut $operator, $care (nomor layanan)
# dan $menu (kode menu).  Satu layar memuat 182 karakter; teks yang lebih panjang dibagi.

own-language = Bahasa Indonesia
foot-more = 9 Lanjut
foot-back = 0 Kembali

title-main = { $operator }
title-protect = Lindungi nomor saya
item-balance = Pulsa
item-top-up = Isi ulang
item-consent = Penawaran dan persetujuan
item-language = Bahasa
item-menu-protect = Lindungi nomor saya
item-lock = Kunci nomor saya
item-stop-request = Hentikan pengalihan

say-unknown-code = { $operator }: Kode ini tidak dikenal. Silakan hubungi { $menu }.
say-wrong-choice = Silakan pilih salah satu.
say-too-late = Waktu habis dan tidak ada yang berubah. Silakan hubungi { $menu } lagi.
say-trouble = { $operator }: Permintaan belum dapat diproses. Silakan coba lagi dalam beberapa menit.
say-lost = { $operator }: Kartu SIM ini dilaporkan hilang. Silakan hubungi { $care }.
say-nobody = { $operator }: Nomor ini belum terdaftar. Silakan hubungi { $care }.
say-help = { $operator }: PULSA untuk cek pulsa. ISI dan PIN voucher untuk isi ulang. BERHENTI untuk menghentikan penawaran dan pengalihan nomor. KUNCI untuk mengunci nomor. BAHASA id atau BAHASA en untuk mengganti bahasa. Atau hubungi { $menu }. Bantuan: { $care }.
say-unknown-word = { $operator }: Maaf, pesan Anda tidak kami kenali. Ketik PULSA, ISI dan PIN, BERHENTI, KUNCI atau BAHASA, atau hubungi { $menu }. Bantuan: { $care }.

say-balance = Pulsa: { $funds }, berlaku sampai { $until }.
say-balance-none = Pulsa: { $funds }. Silakan isi ulang untuk memakai nomor Anda.
say-balance-ended = Pulsa: { $funds }, tidak berlaku sejak { $since }. Silakan isi ulang.
say-balance-postpaid = Tagihan: { $owed }. Batas pemakaian: { $limit }.
say-outgoing-blocked = Anda masih dapat menerima telepon dan SMS sampai { $until }.
say-both-blocked = Nomor Anda diblokir. Isi ulang sebelum { $until }, jika tidak, nomor ini diberikan kepada orang lain.
say-barred = Telepon atau SMS di nomor Anda diblokir. Informasi: { $care }.
say-suspended = Layanan nomor Anda ditangguhkan. Informasi: { $care }.
say-promotional = Bonus: { $amount } sampai { $until }.
say-allowance = { $allowance }: sisa { $left } sampai { $until }.
left-minutes = { $count } menit
left-messages = { $count } SMS

ask-pin = Masukkan { $digits } angka voucher:
say-topped-up = Terima kasih. Isi ulang { $amount } berhasil. Pulsa Anda: { $funds }, berlaku sampai { $until }.
say-pin-malformed = Voucher terdiri dari { $digits } angka. Pulsa belum bertambah. Silakan coba lagi.
say-pin-unknown = Voucher ini tidak dikenal. Silakan periksa angkanya.
say-pin-locked = Terlalu banyak voucher yang salah. Silakan coba lagi setelah { $minutes } menit.
say-card-used = Voucher ini sudah dipakai. Jika bukan oleh Anda, hubungi { $care }.
say-card-blocked = Voucher ini diblokir. Silakan hubungi { $care }.
say-card-expired = Voucher ini sudah kedaluwarsa. Silakan hubungi { $care }.
say-not-possible = Ini tidak dapat diproses. Tidak ada yang berubah. Silakan hubungi { $care }.

ask-consent = Apa yang Anda setujui?
option-purpose-on = { $purpose }: ya
option-purpose-off = { $purpose }: tidak
ask-purpose-on = { $purpose }. Anda sudah setuju. Apakah Anda tetap setuju?
ask-purpose-off = { $explained } Apakah Anda setuju?
option-yes = Ya
option-no = Tidak
say-given = Terima kasih. Anda telah menyetujui: { $purpose }. Anda dapat mengubahnya kapan saja: { $menu }.
say-withdrawn = Selesai. Ini telah kami hentikan: { $purpose }.
say-guardian = Untuk ini diperlukan persetujuan orang tua atau wali. Silakan datang ke gerai atau hubungi { $care }.
say-marketing-ended = { $operator }: Anda tidak akan menerima promosi dari kami lagi. Anda dapat mengubahnya kapan saja: { $menu }.

ask-lock = Kunci { $number }? Nomor tidak dapat dialihkan dan tidak mendapat kartu SIM baru sampai Anda membuka kuncinya dengan passkey atau di gerai.
option-lock = Kunci
say-locked = { $number } sudah dikunci.
say-locked-already = { $number } sudah terkunci sebelumnya.
ask-stop-transfer = Ada permintaan untuk mengalihkan { $number } kepada orang lain.
ask-stop-sim = Ada permintaan kartu SIM baru untuk { $number }.
ask-stop-unlock = Ada permintaan untuk membuka kunci { $number }.
option-stop = Hentikan
say-stopped = Dihentikan. Tidak ada yang berubah pada { $number }.
say-nothing-to-stop = Tidak ada permintaan apa pun tentang { $number }.
say-not-stoppable = Ini tidak dapat dihentikan lewat telepon. Segera hubungi { $care }. Nomor: { $number }

ask-language = Bahasa apa yang Anda pilih untuk pesan kami?
say-language = Mulai sekarang pesan untuk Anda kami kirim dalam bahasa Indonesia.
