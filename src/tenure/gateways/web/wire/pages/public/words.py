"""The words of the public website itself, in every language that an operator of ours offers."""

from collections.abc import Mapping
from typing import Final

from tenure.gateways.web.wire.pages.public.held_words import HELD

NAMES: Final = {"en": "English", "km": "ភាសាខ្មែរ", "id": "Bahasa Indonesia"}

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "skip": "Skip to the content",
        "home": "Home",
        "policy": "Privacy",
        "cookies": "Cookies",
        "languages": "Language",
        "pages": "Pages",
        "care": "Call us: {number}",
        "staff": "For our staff",
        "accept": "Accept all",
        "reject": "Reject all",
        "each": "Choose one by one",
        "banner": "Cookies on this site",
        "gpc": (
            "Your browser asks that data is not shared or sold (Global Privacy Control). Nothing "
            "beyond what is needed begins unless you say yes here."
        ),
        "send": "Send",
        "voluntary": "voluntary",
        "choose": "Please choose",
        "what-for": "What for",
        "kept": "How long",
        "kept-words": "{days} days, then destroyed",
        "kept-contest": "until {day}; of winners until {winners}; then destroyed",
        "given-to": "Who gets it",
        "nobody": "nobody but us",
        "acknowledge": (
            "By sending it you acknowledge that you could read our privacy notice, version "
            "{version}, and that what you give is true. It is no consent to anything else."
        ),
        "robot": "Leave this empty",
        "faults": "Please look at this again",
        "missing": "This is missing. {without}",
        "malformed": "We cannot read this; please write it differently.",
        "too long": "This is longer than {longest} characters; please shorten it.",
        "mixed scripts": "A word has letters of two scripts that look alike; please type it anew.",
        "too many links": "Please leave out some addresses of websites; {links} are enough.",
        "not agreed": "You take part only if you agree to this.",
        "is-robot": "The last field has to stay empty. Please empty it and send again.",
        "too-often": (
            "Many forms came from your network in this hour. Please send it again in an hour; "
            "what you wrote is still here."
        ),
        "stale": (
            "This form was open for long, or our notice has changed since. Please look at it "
            "once more and send it again."
        ),
        "closed": "It takes no entries now.",
        "entered": "With this number somebody has entered already; each enters once.",
        "no-keys": (
            "We cannot take forms at the moment. What you wrote is still here; please try again "
            "later."
        ),
        "thanks": "Thank you",
        "again": "It came twice, and counts once.",
        "back": "Back to the first page",
        "sent-before": "You sent this from this device before.",
        "what": "What",
        "records": "What it records",
        "lasts": "How long",
        "category": "What for",
        "needs": "Needs your yes",
        "yes": "Yes",
        "no": "No",
        "save": "Save my choice",
        "your-choice": "Your choice",
        "chosen": (
            "You answered on {at}. The number of your answer is {id}; with it, and only with it, "
            "we can find the proof."
        ),
        "not-chosen": "You have not answered yet. Until then only what is needed is set.",
        "version": "Version {version}, published {published}",
        "updates": "Recent updates, and what changed",
        "contest": "Contest",
        "rules": "Rules",
        "open-until": "Open until {day}.",
        "opens-on": "Opens on {day}.",
        "over": "It is over. The draw follows.",
        "seed-words": (
            "The draw is decided by a secret seed. Its SHA-256 stands here since before the "
            "first entry, so that we cannot choose another:"
        ),
        "results": "Results",
        "result-words": (
            "Names and numbers are shown in part. Everybody can verify the draw with this file, "
            "which has no names, without us:"
        ),
        "claim": "Claim your prize in a shop until {day}, with your document.",
        "place": "Place {place}",
        "claimed": "claimed",
        "enter": "Take part",
        "not-found": "There is no such page.",
        "days": "{days} days",
        "minutes": "{minutes} minutes",
    },
    "km": {
        "skip": "រំលងទៅខ្លឹមសារ",
        "home": "ទំព័រដើម",
        "policy": "ឯកជនភាព",
        "cookies": "ខូគី",
        "languages": "ភាសា",
        "pages": "ទំព័រ",
        "care": "ទូរស័ព្ទមកយើង៖ {number}",
        "staff": "សម្រាប់បុគ្គលិក",
        "accept": "យល់ព្រមទាំងអស់",
        "reject": "បដិសេធទាំងអស់",
        "each": "ជ្រើសរើសម្តងមួយ",
        "banner": "ខូគីនៅលើគេហទំព័រនេះ",
        "gpc": (
            "កម្មវិធីរុករករបស់លោកអ្នកស្នើមិនឱ្យចែករំលែក ឬលក់ទិន្នន័យ (Global Privacy Control)។ "
            "គ្មានអ្វីលើសពីការចាំបាច់ចាប់ផ្តើមឡើយ លុះត្រាតែលោកអ្នកយល់ព្រមនៅទីនេះ។"
        ),
        "send": "ផ្ញើ",
        "voluntary": "ស្ម័គ្រចិត្ត",
        "choose": "សូមជ្រើសរើស",
        "what-for": "សម្រាប់អ្វី",
        "kept": "រយៈពេល",
        "kept-words": "{days} ថ្ងៃ បន្ទាប់មកត្រូវបំផ្លាញ",
        "kept-contest": "រហូតដល់ {day}; អ្នកឈ្នះរហូតដល់ {winners}; បន្ទាប់មកត្រូវបំផ្លាញ",
        "given-to": "អ្នកណាទទួល",
        "nobody": "គ្មាននរណាក្រៅពីយើង",
        "acknowledge": (
            "តាមរយៈការផ្ញើ លោកអ្នកទទួលស្គាល់ថាអាចអានសេចក្តីជូនដំណឹងអំពីឯកជនភាព កំណែ {version} "
            "ហើយអ្វីដែលលោកអ្នកផ្តល់គឺពិត។ នេះមិនមែនជាការយល់ព្រមលើអ្វីផ្សេងទេ។"
        ),
        "robot": "សូមទុកឱ្យទំនេរ",
        "faults": "សូមពិនិត្យឡើងវិញ",
        "missing": "ខ្វះចំណុចនេះ។ {without}",
        "malformed": "យើងអានមិនយល់ទេ សូមសរសេរតាមរបៀបផ្សេង។",
        "too long": "វែងជាង {longest} តួអក្សរ សូមធ្វើឱ្យខ្លី។",
        "mixed scripts": "ពាក្យមួយមានអក្សរពីរប្រភេទដែលមើលទៅដូចគ្នា សូមវាយម្តងទៀត។",
        "too many links": "សូមដកអាសយដ្ឋានគេហទំព័រខ្លះចេញ; {links} គឺគ្រប់គ្រាន់។",
        "not agreed": "លោកអ្នកចូលរួមបានលុះត្រាតែយល់ព្រមចំណុចនេះ។",
        "is-robot": "កន្លែងចុងក្រោយត្រូវតែទំនេរ។ សូមលុបវាចេញ ហើយផ្ញើម្តងទៀត។",
        "too-often": (
            "មានទម្រង់ច្រើនពីបណ្តាញរបស់លោកអ្នកក្នុងម៉ោងនេះ។ សូមផ្ញើម្តងទៀតក្នុងមួយម៉ោង; អ្វីដែលលោកអ្នកសរសេរនៅតែមាន។"
        ),
        "stale": ("ទម្រង់នេះបើកយូរហើយ ឬសេចក្តីជូនដំណឹងរបស់យើងបានផ្លាស់ប្តូរ។ សូមមើលម្តងទៀត ហើយផ្ញើឡើងវិញ។"),
        "closed": "ឥឡូវនេះមិនទទួលការចូលរួមទេ។",
        "entered": "មានគេចូលរួមដោយលេខនេះរួចហើយ; ម្នាក់ចូលរួមបានម្តង។",
        "no-keys": ("ឥឡូវនេះយើងមិនអាចទទួលទម្រង់បានទេ។ អ្វីដែលលោកអ្នកសរសេរនៅតែមាន សូមព្យាយាមម្តងទៀតពេលក្រោយ។"),
        "thanks": "សូមអរគុណ",
        "again": "វាបានមកពីរដង ហើយរាប់តែម្តង។",
        "back": "ត្រឡប់ទៅទំព័រដើម",
        "sent-before": "លោកអ្នកបានផ្ញើវាពីឧបករណ៍នេះរួចហើយ។",
        "what": "អ្វី",
        "records": "វាកត់ត្រាអ្វី",
        "lasts": "រយៈពេល",
        "category": "សម្រាប់អ្វី",
        "needs": "ត្រូវការយល់ព្រម",
        "yes": "យល់ព្រម",
        "no": "ទេ",
        "save": "រក្សាទុកជម្រើស",
        "your-choice": "ជម្រើសរបស់លោកអ្នក",
        "chosen": ("លោកអ្នកបានឆ្លើយនៅ {at}។ លេខចម្លើយគឺ {id}; មានតែលេខនេះទេដែលអាចឱ្យយើងរកភស្តុតាងឃើញ។"),
        "not-chosen": "លោកអ្នកមិនទាន់ឆ្លើយទេ។ ដរាបណានោះ មានតែអ្វីដែលចាំបាច់ប៉ុណ្ណោះ។",
        "version": "កំណែ {version} ផ្សាយនៅ {published}",
        "updates": "ការផ្លាស់ប្តូរថ្មីៗ និងអ្វីដែលខុស",
        "contest": "ការប្រកួត",
        "rules": "វិធាន",
        "open-until": "បើករហូតដល់ {day}។",
        "opens-on": "បើកនៅ {day}។",
        "over": "បានបញ្ចប់។ ការចាប់ឆ្នោតនឹងធ្វើបន្ទាប់។",
        "seed-words": (
            "ការចាប់ឆ្នោតសម្រេចដោយគ្រាប់ពូជសម្ងាត់មួយ។ SHA-256 "
            "របស់វានៅទីនេះតាំងពីមុនការចូលរួមដំបូង ដើម្បីកុំឱ្យយើងជ្រើសរើសផ្សេងបាន៖"
        ),
        "results": "លទ្ធផល",
        "result-words": (
            "ឈ្មោះ និងលេខបង្ហាញតែមួយផ្នែក។ នរណាក៏អាចផ្ទៀងផ្ទាត់ការចាប់ឆ្នោតដោយឯកសារនេះ "
            "ដែលគ្មានឈ្មោះ ដោយមិនចាំបាច់មានយើង៖"
        ),
        "claim": "សូមទទួលរង្វាន់នៅហាងរហូតដល់ {day} ដោយយកឯកសារមកជាមួយ។",
        "place": "លេខ {place}",
        "claimed": "បានទទួល",
        "enter": "ចូលរួម",
        "not-found": "គ្មានទំព័រនេះទេ។",
        "days": "{days} ថ្ងៃ",
        "minutes": "{minutes} នាទី",
    },
    "id": {
        "skip": "Langsung ke isi",
        "home": "Beranda",
        "policy": "Privasi",
        "cookies": "Cookie",
        "languages": "Bahasa",
        "pages": "Halaman",
        "care": "Hubungi kami: {number}",
        "staff": "Untuk petugas kami",
        "accept": "Terima semua",
        "reject": "Tolak semua",
        "each": "Pilih satu per satu",
        "banner": "Cookie di situs ini",
        "gpc": (
            "Peramban Anda meminta agar data tidak dibagikan atau dijual (Global Privacy "
            "Control). Tidak ada yang dimulai selain yang diperlukan, kecuali Anda setuju di "
            "sini."
        ),
        "send": "Kirim",
        "voluntary": "sukarela",
        "choose": "Silakan pilih",
        "what-for": "Untuk apa",
        "kept": "Berapa lama",
        "kept-words": "{days} hari, lalu dimusnahkan",
        "kept-contest": "sampai {day}; pemenang sampai {winners}; lalu dimusnahkan",
        "given-to": "Siapa yang menerima",
        "nobody": "tidak ada selain kami",
        "acknowledge": (
            "Dengan mengirim, Anda menyatakan dapat membaca kebijakan privasi kami versi "
            "{version}, dan bahwa yang Anda berikan benar. Ini bukan persetujuan untuk hal lain."
        ),
        "robot": "Biarkan kosong",
        "faults": "Mohon periksa kembali",
        "missing": "Ini belum diisi. {without}",
        "malformed": "Kami tidak dapat membacanya; mohon tulis dengan cara lain.",
        "too long": "Lebih dari {longest} karakter; mohon dipersingkat.",
        "mixed scripts": "Sebuah kata memuat huruf dari dua aksara yang mirip; mohon ketik ulang.",
        "too many links": "Mohon kurangi alamat situs web; {links} sudah cukup.",
        "not agreed": "Anda hanya dapat ikut jika menyetujui ini.",
        "is-robot": "Kolom terakhir harus tetap kosong. Mohon kosongkan dan kirim lagi.",
        "too-often": (
            "Banyak formulir datang dari jaringan Anda dalam satu jam ini. Mohon kirim lagi satu "
            "jam kemudian; tulisan Anda masih ada di sini."
        ),
        "stale": (
            "Formulir ini terlalu lama terbuka, atau kebijakan kami telah berubah. Mohon lihat "
            "sekali lagi dan kirim ulang."
        ),
        "closed": "Saat ini tidak menerima peserta.",
        "entered": "Nomor ini sudah dipakai untuk ikut; setiap orang ikut satu kali.",
        "no-keys": (
            "Saat ini kami tidak dapat menerima formulir. Tulisan Anda masih ada di sini; mohon "
            "coba lagi nanti."
        ),
        "thanks": "Terima kasih",
        "again": "Terkirim dua kali, dan dihitung satu kali.",
        "back": "Kembali ke beranda",
        "sent-before": "Anda pernah mengirim ini dari perangkat ini.",
        "what": "Apa",
        "records": "Yang dicatat",
        "lasts": "Berapa lama",
        "category": "Untuk apa",
        "needs": "Perlu persetujuan",
        "yes": "Ya",
        "no": "Tidak",
        "save": "Simpan pilihan saya",
        "your-choice": "Pilihan Anda",
        "chosen": (
            "Anda menjawab pada {at}. Nomor jawaban Anda {id}; hanya dengan nomor itu kami dapat "
            "menemukan buktinya."
        ),
        "not-chosen": "Anda belum menjawab. Sampai saat itu hanya yang diperlukan yang dipasang.",
        "version": "Versi {version}, diterbitkan {published}",
        "updates": "Perubahan terbaru, dan apa yang berubah",
        "contest": "Undian",
        "rules": "Aturan",
        "open-until": "Dibuka sampai {day}.",
        "opens-on": "Dibuka pada {day}.",
        "over": "Sudah berakhir. Pengundian segera dilakukan.",
        "seed-words": (
            "Undian ditentukan oleh sebuah benih rahasia. SHA-256-nya tercantum di sini sejak "
            "sebelum peserta pertama, sehingga kami tidak dapat memilih yang lain:"
        ),
        "results": "Hasil",
        "result-words": (
            "Nama dan nomor hanya ditampilkan sebagian. Siapa pun dapat memeriksa undian dengan "
            "berkas ini, yang tanpa nama, tanpa kami:"
        ),
        "claim": "Ambil hadiah Anda di gerai sampai {day}, dengan membawa dokumen.",
        "place": "Pemenang {place}",
        "claimed": "sudah diambil",
        "enter": "Ikut",
        "not-found": "Halaman ini tidak ada.",
        "days": "{days} hari",
        "minutes": "{minutes} menit",
    },
}

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    language: {**words, **HELD[language]} for language, words in _WORDS.items()
}
