"""The words of the page on which who sent a form sees what is held of it, in every language."""

from collections.abc import Mapping
from typing import Final

HELD: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "number": (
            "The number of your form is {number}. Keep it: with it you can ask about it "
            "in a shop or by telephone."
        ),
        "held": "What we hold about you",
        "held-why": (
            "Give the e-mail address that you gave in a form. If anything is kept from "
            "it, we send a link there; whoever opens it sees all forms of this address "
            "as one."
        ),
        "held-others": (
            "Without an e-mail address in your form, ask in a shop or by telephone, "
            "with the number of the form. A phone number is no proof here: it may have "
            "been somebody else's when the form was sent."
        ),
        "held-subscriber": (
            "You have a number of ours? What we hold about you as a subscriber is on this page:"
        ),
        "held-mine": "My number",
        "held-email": "The e-mail address that you gave",
        "held-send": "Send me a link",
        "held-sent": (
            "If anything is kept from this address, a letter with a link is on its way "
            "there. The link counts for {minutes} minutes. If no letter comes, nothing "
            "is kept from it, or it was written differently in the form."
        ),
        "held-wrong": "This is no e-mail address; please write it like name@example.com.",
        "held-over": "This link is over, or not whole. Please ask for a new one.",
        "held-ready": "Your link is good until {until}. Press the button to see what we hold.",
        "held-show": "Show it",
        "held-none": "Nothing is kept from this address any more.",
        "held-no-mail": (
            "We cannot send letters at the moment. Call us, or come to a shop with the "
            "number of your form."
        ),
        "held-sent-at": "Sent",
        "held-until": "Kept until",
        "held-notice": "Notice that was shown",
        "held-number": "Number of the form",
        "held-answered": "Answered",
        "held-not": "not yet",
        "held-answer": "Our answer of {at}",
        "held-gone": "What was written is destroyed; nobody can read it.",
        "held-delete": (
            "To have something corrected or deleted before its time, call us or come to "
            "a shop, with the number of the form."
        ),
    },
    "km": {
        "number": (
            "លេខទម្រង់របស់លោកអ្នកគឺ {number}។ សូមរក្សាទុកវា៖ ដោយមានលេខនេះ លោកអ្នកអាចសួរអំពីទម្រង់នៅហាង ឬតាមទូរស័ព្ទ។"
        ),
        "held": "អ្វីដែលយើងរក្សាទុកអំពីលោកអ្នក",
        "held-why": (
            "សូមផ្តល់អ៊ីមែលដែលលោកអ្នកបានផ្តល់ក្នុងទម្រង់។ "
            "បើមានអ្វីត្រូវបានរក្សាទុកពីអាសយដ្ឋាននោះ យើងផ្ញើតំណទៅទីនោះ "
            "ហើយអ្នកដែលបើកវានឹងឃើញទម្រង់ទាំងអស់នៃអាសយដ្ឋាននេះរួមគ្នា។"
        ),
        "held-others": (
            "បើទម្រង់របស់លោកអ្នកគ្មានអ៊ីមែល សូមសួរនៅហាង ឬតាមទូរស័ព្ទ ដោយមានលេខទម្រង់។ "
            "លេខទូរស័ព្ទមិនមែនជាភស្តុតាងនៅទីនេះទេ៖ "
            "វាអាចជារបស់អ្នកផ្សេងនៅពេលទម្រង់ត្រូវបានផ្ញើ។"
        ),
        "held-subscriber": ("លោកអ្នកមានលេខរបស់យើងមែនទេ? អ្វីដែលយើងរក្សាទុកអំពីលោកអ្នកជាអតិថិជន មាននៅទំព័រនេះ៖"),
        "held-mine": "លេខរបស់ខ្ញុំ",
        "held-email": "អ៊ីមែលដែលលោកអ្នកបានផ្តល់",
        "held-send": "ផ្ញើតំណមកខ្ញុំ",
        "held-sent": (
            "បើមានអ្វីត្រូវបានរក្សាទុកពីអាសយដ្ឋាននេះ "
            "លិខិតដែលមានតំណកំពុងត្រូវបានផ្ញើទៅទីនោះ។ តំណមានសុពលភាព {minutes} នាទី។ "
            "បើគ្មានលិខិតមកទេ គ្មានអ្វីត្រូវបានរក្សាទុក "
            "ឬអាសយដ្ឋានត្រូវបានសរសេរខុសពីក្នុងទម្រង់។"
        ),
        "held-wrong": "នេះមិនមែនជាអ៊ីមែលទេ សូមសរសេរដូច name@example.com។",
        "held-over": "តំណនេះផុតសុពលភាព ឬមិនពេញលេញ។ សូមស្នើសុំតំណថ្មី។",
        "held-ready": ("តំណរបស់លោកអ្នកមានសុពលភាពរហូតដល់ {until}។ សូមចុចប៊ូតុងដើម្បីមើលអ្វីដែលយើងរក្សាទុក។"),
        "held-show": "បង្ហាញ",
        "held-none": "គ្មានអ្វីត្រូវបានរក្សាទុកពីអាសយដ្ឋាននេះទៀតទេ។",
        "held-no-mail": ("ឥឡូវនេះយើងមិនអាចផ្ញើលិខិតបានទេ។ សូមទូរស័ព្ទមកយើង ឬមកហាងដោយមានលេខទម្រង់។"),
        "held-sent-at": "បានផ្ញើ",
        "held-until": "រក្សាទុករហូតដល់",
        "held-notice": "សេចក្តីជូនដំណឹងដែលបានបង្ហាញ",
        "held-number": "លេខទម្រង់",
        "held-answered": "បានឆ្លើយ",
        "held-not": "មិនទាន់",
        "held-answer": "ចម្លើយរបស់យើងថ្ងៃ {at}",
        "held-gone": "អ្វីដែលបានសរសេរត្រូវបានបំផ្លាញ គ្មាននរណាអាចអានបានទេ។",
        "held-delete": ("ដើម្បីឱ្យកែតម្រូវ ឬលុបមុនពេលកំណត់ សូមទូរស័ព្ទមកយើង ឬមកហាង ដោយមានលេខទម្រង់។"),
    },
    "id": {
        "number": (
            "Nomor formulir Anda {number}. Simpanlah: dengan nomor itu Anda dapat "
            "menanyakannya di gerai atau lewat telepon."
        ),
        "held": "Yang kami simpan tentang Anda",
        "held-why": (
            "Tulis alamat email yang Anda berikan dalam formulir. Jika ada yang "
            "tersimpan dari alamat itu, kami mengirim tautan ke sana; siapa yang "
            "membukanya melihat semua formulir dari alamat ini sekaligus."
        ),
        "held-others": (
            "Jika formulir Anda tanpa alamat email, tanyakan di gerai atau lewat "
            "telepon dengan nomor formulirnya. Nomor telepon bukan bukti di sini: "
            "mungkin milik orang lain saat formulir dikirim."
        ),
        "held-subscriber": (
            "Anda memiliki nomor kami? Yang kami simpan tentang Anda sebagai pelanggan "
            "ada di halaman ini:"
        ),
        "held-mine": "Nomor saya",
        "held-email": "Alamat email yang Anda berikan",
        "held-send": "Kirimi saya tautan",
        "held-sent": (
            "Jika ada yang tersimpan dari alamat ini, surat berisi tautan sedang "
            "dikirim ke sana. Tautan berlaku {minutes} menit. Jika tidak ada surat yang "
            "datang, tidak ada yang tersimpan, atau alamatnya ditulis berbeda dalam "
            "formulir."
        ),
        "held-wrong": "Ini bukan alamat email; mohon tulis seperti nama@example.com.",
        "held-over": ("Tautan ini sudah tidak berlaku, atau tidak utuh. Mohon minta yang baru."),
        "held-ready": (
            "Tautan Anda berlaku sampai {until}. Tekan tombol untuk melihat yang kami simpan."
        ),
        "held-show": "Tampilkan",
        "held-none": "Tidak ada lagi yang tersimpan dari alamat ini.",
        "held-no-mail": (
            "Saat ini kami tidak dapat mengirim surat. Hubungi kami, atau datang ke "
            "gerai dengan nomor formulir Anda."
        ),
        "held-sent-at": "Dikirim",
        "held-until": "Disimpan sampai",
        "held-notice": "Kebijakan yang ditampilkan",
        "held-number": "Nomor formulir",
        "held-answered": "Dijawab",
        "held-not": "belum",
        "held-answer": "Jawaban kami tanggal {at}",
        "held-gone": "Yang tertulis sudah dimusnahkan; tidak seorang pun dapat membacanya.",
        "held-delete": (
            "Untuk memperbaiki atau menghapusnya sebelum waktunya, hubungi kami atau "
            "datang ke gerai dengan nomor formulirnya."
        ),
    },
}
