# Nama-nama yang dibaca pelanggan.

offer-prepaid = Smartfren Prabayar
offer-postpaid = Smartfren Pascabayar
offer-business = Smartfren Bisnis

bundle-kuota-10gb = 10 GB untuk 28 hari
bundle-combo = 4 GB, 60 menit dan 60 SMS untuk 14 hari

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
