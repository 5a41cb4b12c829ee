# ឈ្មោះដែលអតិថិជនអាន។ The English version prevails (GTC-LANG).

offer-prepaid = Smart បង់ប្រាក់ជាមុន
offer-postpaid = Smart បង់ប្រាក់ក្រោយ
offer-business = Smart អាជីវកម្ម

bundle-data-5gb = អ៊ីនធឺណិត 5 GB សម្រាប់ 7 ថ្ងៃ
bundle-mix-monthly = អ៊ីនធឺណិត 2 GB ហៅ 100 នាទី និងសារ 100 សម្រាប់ 30 ថ្ងៃ
bundle-roam-week = អ៊ីនធឺណិត 1 GB នៅប្រទេសជិតខាង សម្រាប់ 7 ថ្ងៃ
allowance-data-5gb-internet = អ៊ីនធឺណិត 5 GB
allowance-mix-monthly-data = អ៊ីនធឺណិត 2 GB
allowance-mix-monthly-minutes = ការហៅ 100 នាទី
allowance-mix-monthly-texts = សារ SMS 100
allowance-roam-week-data = អ៊ីនធឺណិតរ៉ូមីង 1 GB

zone-emergency = លេខសង្គ្រោះបន្ទាន់
zone-onnet = លេខ Smart
zone-offnet = បណ្តាញផ្សេងក្នុងប្រទេសកម្ពុជា
zone-intl-1 = ប្រទេសជិតខាង និងអាស៊ាន
zone-intl-2 = អាស៊ីបូព៌ា និងអាស៊ីខាងត្បូង
zone-intl-3 = អាមេរិកខាងជើង អឺរ៉ុបខាងលិច និងអូសេអានី
zone-intl-4 = អឺរ៉ុបខាងកើត មជ្ឈិមបូព៌ា និងអាមេរិកឡាទីន
zone-intl-5 = អាហ្វ្រិក
zone-intl-6 = កោះតូចៗ
zone-intl-7 = បណ្តាញផ្កាយរណប
zone-care = សេវាអតិថិជន
zone-service = លេខខ្លី
zone-group = ក្រុមបិទរបស់អ្នក
zone-internet = អ៊ីនធឺណិត
zone-social = បណ្តាញសង្គម
zone-selfcare = សេវាខ្លួនឯង
zone-store = ហាងកម្មវិធី និងមាតិកាឌីជីថល
zone-national = បណ្តាញផ្សេងក្នុងប្រទេសកម្ពុជា
zone-roam-1 = ប្រទេសជិតខាង និងអាស៊ាន
zone-roam-2 = អាស៊ីបូព៌ា និងអាស៊ីខាងត្បូង
zone-roam-3 = អាមេរិកខាងជើង អឺរ៉ុបខាងលិច និងអូសេអានី
zone-roam-4 = ប្រទេសផ្សេងទៀត
zone-any = ការទទួល
zone-local = ប្រទេសដែលអ្នកកំពុងស្នាក់នៅ
zone-home = ប្រទេសកម្ពុជា
zone-abroad = ប្រទេសផ្សេង

# អ្វីដែលអតិថិជនត្រូវបានជូនដំណឹង។

notice-lifecycle-reminder = { $operator }៖ លេខ { $number } របស់អ្នកអស់សុពលភាពហើយ។ លេខនេះនឹងត្រូវដកយកវិញ ហើយផ្តល់ឱ្យអ្នកដទៃ ក្នុងរយៈពេល { $days } ថ្ងៃទៀត នៅថ្ងៃ { $recycled_at }។ សូមបញ្ចូលទឹកប្រាក់មុនថ្ងៃនោះ ដើម្បីរក្សាលេខ។ ជំនួយ៖ { $care }។
notice-lifecycle-recycled = { $operator }៖ លេខ { $number } មិនបានបញ្ចូលទឹកប្រាក់ទាន់ពេល ហើយមិនមែនជារបស់អ្នកទៀតទេ។ សូមដកលេខនេះចេញពីគណនីរបស់អ្នក។ ជំនួយ៖ { $care }។
notice-transfer-asked = { $operator }៖ មានគេស្នើសុំផ្ទេរលេខ { $number } របស់អ្នកទៅអ្នកដទៃ។ គ្មានអ្វីកើតឡើងទេ បើគ្មានការយល់ព្រមពីអ្នក។ បើមិនមែនអ្នកទេ សូមហៅ { $care } ឥឡូវនេះ ដើម្បីបញ្ឈប់។
notice-transfer-consented = { $operator }៖ មានការយល់ព្រមឱ្យផ្ទេរលេខ { $number }។ បើមិនមែនអ្នកទេ សូមហៅ { $care } ឥឡូវនេះ ដើម្បីបញ្ឈប់។
notice-transfer-approved = { $operator }៖ ការផ្ទេរលេខ { $number } ត្រូវបានអនុម័ត។ វានឹងមានប្រសិទ្ធភាពមិនមុន { $effective_at } ទេ។ មុនពេលនោះ អ្នកអាចបញ្ឈប់បាន ដោយហៅ { $care }។
notice-transfer-stopped = { $operator }៖ ការផ្ទេរលេខ { $number } ត្រូវបានបញ្ឈប់។ គ្មានអ្វីផ្លាស់ប្តូរទេ។
notice-transfer-refused = { $operator }៖ ការផ្ទេរលេខ { $number } ត្រូវបានបដិសេធ។ គ្មានអ្វីផ្លាស់ប្តូរទេ។ ជំនួយ៖ { $care }។
notice-transfer-effected = { $operator }៖ លេខ { $number } ត្រូវបានផ្ទេរទៅម្ចាស់ថ្មី។ ជំនួយ៖ { $care }។
notice-transfer-attempted = { $operator }៖ មានគេព្យាយាមផ្ទេរលេខ { $number } របស់អ្នកទៅអ្នកដទៃ។ យើងបានបញ្ឈប់ ហើយគ្មានអ្វីផ្លាស់ប្តូរទេ។ បើអ្នកមិនដឹងរឿងនេះ សូមហៅ { $care }។
notice-sim-asked = { $operator }៖ មានគេស្នើសុំស៊ីមថ្មីសម្រាប់លេខ { $number } របស់អ្នក។ បើមិនមែនអ្នកទេ សូមហៅ { $care } ឥឡូវនេះ។
notice-sim-replaced = { $operator }៖ លេខ { $number } ដំណើរការជាមួយស៊ីមថ្មី ចាប់ពីពេលនេះតទៅ។ បើមិនមែនអ្នកទេ សូមហៅ { $care } ឥឡូវនេះ។
notice-sim-old = { $operator }៖ ស៊ីមនេះឈប់ដំណើរការសម្រាប់លេខ { $number }។ បើអ្នកមិនបានស្នើសុំស៊ីមថ្មីទេ សូមហៅ { $care } ឥឡូវនេះ។
notice-lock-set = { $operator }៖ លេខ { $number } របស់អ្នកត្រូវបានចាក់សោ។ មិនអាចផ្ទេរលេខ ឬប្តូរស៊ីមបានទេ រហូតដល់អ្នកដោះសោ។
notice-lock-lifting = { $operator }៖ មានគេស្នើសុំដោះសោលេខ { $number } របស់អ្នក។ សោនឹងត្រូវដោះនៅថ្ងៃ { $lifted_at }។ បើមិនមែនអ្នកទេ សូមហៅ { $care } ឥឡូវនេះ។
notice-lock-lifted = { $operator }៖ លេខ { $number } របស់អ្នកត្រូវបានដោះសោហើយ។
notice-access-restricted = { $operator }៖ សេវានៃលេខ { $number } របស់អ្នកត្រូវបានកម្រិតរហូតដល់ { $ends_at }៖ { $reason } ({ $clause })។ ជំនួយ៖ { $care }។
notice-access-suspended = { $operator }៖ សេវានៃលេខ { $number } របស់អ្នកត្រូវបានផ្អាក៖ { $reason } ({ $clause })។ ជំនួយ៖ { $care }។
notice-access-terminated = { $operator }៖ កិច្ចសន្យានៃលេខ { $number } ត្រូវបានបញ្ចប់ ចាប់ពីការជូនដំណឹងនេះ៖ { $reason } ({ $clause })។ ជំនួយ៖ { $care }។
notice-access-ended = { $operator }៖ ការកម្រិតលើលេខ { $number } របស់អ្នកត្រូវបានដកចេញ។ ជំនួយ៖ { $care }។
notice-access-traffic = { $operator }៖ ចរាចរណ៍ទិន្នន័យនៃលេខ { $number } របស់អ្នកត្រូវបានកម្រិតជាបណ្តោះអាសន្នរហូតដល់ { $ends_at }៖ { $reason } ({ $clause })។ ជំនួយ៖ { $care }។
notice-security-attempt = { $operator }៖ មានគេព្យាយាមផ្លាស់ប្តូរលេខ { $number } របស់អ្នក ដោយគ្មានការយល់ព្រមពីអ្នក។ យើងបានបញ្ឈប់ ហើយគ្មានអ្វីផ្លាស់ប្តូរទេ។ សំណួរ៖ { $care }។
notice-security-proof = { $operator }៖ passkey ឬអាណាព្យាបាលម្នាក់ត្រូវបានបន្ថែមសម្រាប់ម្ចាស់លេខ { $number } របស់អ្នក។ បើមិនមែនអ្នកទេ សូមហៅ { $care } ឥឡូវនេះ។
notice-staff-break-glass = { $operator }៖ នៅថ្ងៃ { $seen_at } បុគ្គលិកម្នាក់របស់យើងបានមើលទិន្នន័យនៃលេខ { $number } របស់អ្នក ក្នុងករណីបន្ទាន់។ ករណីនេះកំពុងត្រូវបានពិនិត្យ។ សំណួរ៖ { $care }។
notice-selfcare-reply = { $text }
notice-person-language = { $operator }៖ ចាប់ពីពេលនេះ យើងនឹងផ្ញើសារទៅលេខ { $number } របស់អ្នកជាភាសាខ្មែរ។
notice-person-adult = { $operator }៖ អ្នកគ្រប់អាយុហើយ។ ចាប់ពីពេលនេះ អ្នកសម្រេចអំពីលេខ { $number } ដោយខ្លួនឯង។ សំណួរ៖ { $care }។
notice-consent-given = { $operator }៖ សូមអរគុណ។ អ្នកបានយល់ព្រមលើ៖ { $purpose }។ ដើម្បីបញ្ឈប់ សូមហៅ { $stop }។
notice-consent-withdrawn = { $operator }៖ តាមសំណើរបស់អ្នក យើងបានបញ្ឈប់៖ { $purpose }។ សំណួរ៖ { $care }។
notice-security-profile = { $operator }៖ ព័ត៌មានចុះឈ្មោះរបស់ម្ចាស់លេខ { $number } ត្រូវបានផ្លាស់ប្តូរ។ បើមិនមែនអ្នកទេ សូមហៅ { $care } ឥឡូវនេះ។
notice-topup-received = { $operator }៖ យើងបានទទួល { $amount_micros } សម្រាប់លេខ { $number }។ សមតុល្យ៖ { $funds_micros } មានសុពលភាពដល់ { $valid_until_at }។ សូមអរគុណ។
notice-payment-received = { $operator }៖ យើងបានទទួលការបង់ប្រាក់ { $amount_micros } សម្រាប់លេខ { $number }។ នៅត្រូវបង់៖ { $owed_micros }។ សូមអរគុណ។
notice-usage-most = { $operator }៖ អ្នកបានប្រើ { $percent }% នៃ { $allowance } សម្រាប់លេខ { $number }។
notice-usage-all = { $operator }៖ អ្នកបានប្រើ { $allowance } អស់ហើយ សម្រាប់លេខ { $number }។ ការប្រើបន្តនឹងកាត់ពីសមតុល្យរបស់អ្នក។
notice-usage-low = { $operator }៖ សមតុល្យលេខ { $number } នៅសល់ { $funds_micros }។ សូមបញ្ចូលទឹកប្រាក់ ដើម្បីបន្តប្រើសេវា។
notice-expiry-soon = { $operator }៖ សមតុល្យលេខ { $number } មានសុពលភាពដល់ { $ends_at } នៅសល់ { $days } ថ្ងៃ។ សូមបញ្ចូលទឹកប្រាក់ ដើម្បីបន្តសុពលភាព។
notice-expiry-ended = { $operator }៖ លេខ { $number } អស់សុពលភាពហើយ។ សូមបញ្ចូលទឹកប្រាក់មុន { $recycled_at } ដើម្បីរក្សាលេខរបស់អ្នក។ ជំនួយ៖ { $care }។
notice-tariff-change = { $operator }៖ តម្លៃសេវានឹងផ្លាស់ប្តូរនៅ { $effective_at }៖ { $summary }។ ព័ត៌មានលម្អិត៖ { $page } សំណួរ៖ { $care }។
notice-privacy-change = { $operator }៖ សេចក្តីជូនដំណឹងអំពីឯកជនភាពនឹងផ្លាស់ប្តូរនៅ { $effective_at }៖ { $summary }។ ព័ត៌មានលម្អិត៖ { $page } សំណួរ៖ { $care }។
notice-terms-change = { $operator }៖ លក្ខខណ្ឌសេវានឹងផ្លាស់ប្តូរនៅ { $effective_at }៖ { $summary }។ ព័ត៌មានលម្អិត៖ { $page } សំណួរ៖ { $care }។
notice-marketing-offer = { $operator }៖ { $text } ដើម្បីឈប់ទទួលការផ្សព្វផ្សាយ សូមហៅ { $stop }។

# អ្វីដែលនៅជុំវិញសារដែលផ្ញើតាមអ៊ីមែល។

letter-subject-service = { $operator }៖ អំពីសំណើរបស់អ្នក
letter-subject-security = { $operator }៖ ការជូនដំណឹងសុវត្ថិភាពសម្រាប់លេខរបស់អ្នក
letter-subject-lifecycle = { $operator }៖ អំពីលេខទូរសព្ទរបស់អ្នក
letter-subject-access = { $operator }៖ អំពីសេវារបស់អ្នក
letter-subject-receipt = { $operator }៖ បង្កាន់ដៃ
letter-subject-usage = { $operator }៖ អំពីការប្រើប្រាស់របស់អ្នក
letter-subject-expiry = { $operator }៖ អំពីសុពលភាពលេខរបស់អ្នក
letter-subject-change = { $operator }៖ ការផ្លាស់ប្តូរតម្លៃ ឬលក្ខខណ្ឌ
letter-subject-marketing = { $operator }៖ ការផ្តល់ជូនពិសេសសម្រាប់អ្នក
letter-body = { $text }
