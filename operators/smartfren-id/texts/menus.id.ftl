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

say-unknown-code = { $operator }: Kode ini tidak dikenal. Silakan tekan { $menu }.
say-wrong-choice = Silakan pilih salah satu.
say-too-late = Waktu habis dan tidak ada yang berubah. Silakan tekan { $menu } lagi.
say-trouble = { $operator }: Saat ini belum bisa diproses. Silakan coba lagi beberapa menit lagi.
say-lost = { $operator }: Kartu SIM ini dilaporkan hilang. Silakan hubungi { $care }.
say-nobody = { $operator }: Nomor ini belum terdaftar. Silakan hubungi { $care }.
say-help = { $operator }: PULSA untuk cek pulsa. ISI dan PIN voucher untuk isi ulang. BERHENTI untuk menghentikan penawaran dan pengalihan nomor. KUNCI untuk mengunci nomor. BAHASA id atau BAHASA en untuk bahasa. Atau tekan { $menu }. Bantuan: { $care }.
say-unknown-word = { $operator }: Maaf, pesan Anda tidak kami kenali. Ketik PULSA, ISI dan PIN, BERHENTI, KUNCI atau BAHASA, atau tekan { $menu }. Bantuan: { $care }.

say-balance = Pulsa: { $funds }, berlaku sampai { $until }.
say-balance-none = Pulsa: { $funds }. Silakan isi ulang untuk memakai nomor Anda.
say-balance-ended = Pulsa: { $funds }, tidak berlaku sejak { $since }. Silakan isi ulang.
say-balance-postpaid = Tagihan: { $owed }. Batas Anda: { $limit }.
say-outgoing-blocked = Anda masih bisa menerima telepon dan SMS sampai { $until }.
say-both-blocked = Nomor Anda diblokir. Isi ulang sebelum { $until }, jika tidak nomor ini diberikan kepada orang lain.
say-barred = Telepon atau SMS di nomor Anda dibatasi. Pertanyaan: { $care }.
say-suspended = Layanan nomor Anda ditangguhkan. Pertanyaan: { $care }.
say-promotional = Bonus: { $amount } sampai { $until }.
say-allowance = { $allowance }: { $left } sampai { $until }.
left-minutes = { $count } menit
left-messages = { $count } SMS

ask-pin = Masukkan { $digits } angka voucher:
say-topped-up = Terima kasih. Pulsa { $amount } sudah masuk. Pulsa Anda: { $funds }, berlaku sampai { $until }.
say-pin-malformed = Voucher terdiri dari { $digits } angka. Pulsa belum terisi. Silakan coba lagi.
say-pin-unknown = Voucher ini tidak dikenal. Silakan periksa angkanya.
say-pin-locked = Terlalu banyak voucher salah. Silakan coba lagi dalam { $minutes } menit.
say-card-used = Voucher ini sudah dipakai. Jika bukan oleh Anda, hubungi { $care }.
say-card-blocked = Voucher ini diblokir. Silakan hubungi { $care }.
say-card-expired = Voucher ini sudah kedaluwarsa. Silakan hubungi { $care }.
say-not-possible = Ini tidak bisa diproses. Tidak ada yang berubah. Silakan hubungi { $care }.

ask-consent = Apa yang Anda setujui?
option-purpose-on = { $purpose }: ya
option-purpose-off = { $purpose }: tidak
ask-purpose-on = { $purpose }. Anda sudah setuju. Apakah Anda tetap setuju?
ask-purpose-off = { $explained } Apakah Anda setuju?
option-yes = Ya
option-no = Tidak
say-given = Terima kasih. Anda menyetujui: { $purpose }. Anda bisa mengubahnya kapan saja: { $menu }.
say-withdrawn = Selesai. Ini sudah dihentikan: { $purpose }.
say-guardian = Untuk ini diperlukan persetujuan orang tua atau wali. Silakan datang ke gerai atau hubungi { $care }.
say-marketing-ended = { $operator }: Anda tidak akan menerima penawaran dari kami lagi. Anda bisa mengubahnya kapan saja: { $menu }.

ask-lock = Kunci { $number }? Nomor tidak bisa dialihkan dan tidak mendapat SIM baru sampai Anda membukanya dengan passkey atau di gerai.
option-lock = Kunci
say-locked = { $number } sudah dikunci.
say-locked-already = { $number } sudah terkunci sebelumnya.
ask-stop-transfer = Seseorang meminta agar { $number } dialihkan ke orang lain.
ask-stop-sim = Seseorang meminta SIM baru untuk { $number }.
ask-stop-unlock = Seseorang meminta agar kunci { $number } dibuka.
option-stop = Hentikan
say-stopped = Dihentikan. Tidak ada yang berubah pada { $number }.
say-nothing-to-stop = Tidak ada permintaan apa pun tentang { $number }.
say-not-stoppable = Ini tidak bisa dihentikan lewat telepon. Segera hubungi { $care }. Nomor: { $number }

ask-language = Dalam bahasa apa kami menulis kepada Anda?
say-language = Mulai sekarang kami menulis kepada Anda dalam Bahasa Indonesia.
