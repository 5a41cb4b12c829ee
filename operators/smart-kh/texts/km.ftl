# ឈ្មោះដែលអតិថិជនអាន។ The English version prevails (GTC-LANG).

offer-prepaid = Smart បង់ប្រាក់ជាមុន
offer-postpaid = Smart បង់ប្រាក់ក្រោយ
offer-business = Smart អាជីវកម្ម

bundle-data-5gb = អ៊ីនធឺណិត 5 GB សម្រាប់ 7 ថ្ងៃ
bundle-mix-monthly = អ៊ីនធឺណិត 2 GB ហៅ 100 នាទី និងសារ SMS 100 សម្រាប់ 30 ថ្ងៃ
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
zone-intl-7 = បណ្តាញផ្កាយរណប និងបណ្តាញសកល
zone-care = សេវាអតិថិជន
zone-service = លេខខ្លី
zone-group = ក្រុមអ្នកប្រើរបស់អ្នក
zone-internet = អ៊ីនធឺណិត
zone-social = បណ្តាញសង្គម
zone-selfcare = សេវាស្វ័យបម្រើ
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

notice-lifecycle-reminder = { $operator }៖ លេខ { $number } របស់អ្នកអស់សុពលភាពហើយ។ លេខនេះនឹងត្រូវដកវិញ និងផ្តល់ឱ្យអ្នកដទៃ ក្នុង { $days } ថ្ងៃទៀត គឺនៅថ្ងៃទី { $recycled_at }។ សូមបញ្ចូលទឹកប្រាក់មុនពេលនោះ ដើម្បីរក្សាលេខ។ ជំនួយ៖ { $care }។
notice-lifecycle-recycled = { $operator }៖ លេខ { $number } មិនបានបញ្ចូលទឹកប្រាក់ទាន់ពេល ហើយលែងជាលេខរបស់អ្នកទៀតហើយ។ សូមដកលេខនេះចេញពីគណនីផ្សេងៗរបស់អ្នក។ ជំនួយ៖ { $care }។
notice-transfer-asked = { $operator }៖ មានគេស្នើសុំផ្ទេរលេខ { $number } របស់អ្នកទៅឱ្យអ្នកដទៃ។ បើគ្មានការយល់ព្រមពីអ្នក លេខនេះមិនត្រូវបានផ្ទេរទេ។ បើមិនមែនជាអ្នកទេ សូមហៅទៅ { $care } ភ្លាម ដើម្បីបញ្ឈប់។
notice-transfer-consented = { $operator }៖ មានការយល់ព្រមឱ្យផ្ទេរលេខ { $number } ហើយ។ បើមិនមែនជាអ្នកទេ សូមហៅទៅ { $care } ភ្លាម ដើម្បីបញ្ឈប់។
notice-transfer-approved = { $operator }៖ ការផ្ទេរលេខ { $number } ត្រូវបានអនុម័តហើយ។ ការផ្ទេរមានប្រសិទ្ធភាពមិនមុនថ្ងៃទី { $effective_at } ទេ។ មុនពេលនោះ អ្នកអាចបញ្ឈប់បាន ដោយហៅទៅ { $care }។
notice-transfer-stopped = { $operator }៖ ការផ្ទេរលេខ { $number } ត្រូវបានបញ្ឈប់។ គ្មានអ្វីផ្លាស់ប្តូរទេ។
notice-transfer-refused = { $operator }៖ ការផ្ទេរលេខ { $number } ត្រូវបានបដិសេធ។ គ្មានអ្វីផ្លាស់ប្តូរទេ។ ជំនួយ៖ { $care }។
notice-transfer-effected = { $operator }៖ លេខ { $number } ត្រូវបានផ្ទេរទៅម្ចាស់ថ្មីហើយ។ ជំនួយ៖ { $care }។
notice-transfer-attempted = { $operator }៖ មានគេព្យាយាមផ្ទេរលេខ { $number } របស់អ្នកទៅឱ្យអ្នកដទៃ។ យើងបានបញ្ឈប់ ហើយគ្មានអ្វីផ្លាស់ប្តូរទេ។ បើអ្នកមិនដឹងអំពីរឿងនេះទេ សូមហៅទៅ { $care }។
notice-sim-asked = { $operator }៖ មានគេស្នើសុំស៊ីមថ្មីសម្រាប់លេខ { $number } របស់អ្នក។ បើមិនមែនជាអ្នកទេ សូមហៅទៅ { $care } ភ្លាម។
notice-sim-replaced = { $operator }៖ ចាប់ពីពេលនេះទៅ លេខ { $number } ដំណើរការជាមួយស៊ីមថ្មី។ បើមិនមែនជាអ្នកទេ សូមហៅទៅ { $care } ភ្លាម។
notice-sim-old = { $operator }៖ ស៊ីមនេះលែងប្រើបានសម្រាប់លេខ { $number } ទៀតហើយ។ បើអ្នកមិនបានស្នើសុំស៊ីមថ្មីទេ សូមហៅទៅ { $care } ភ្លាម។
notice-lock-set = { $operator }៖ លេខ { $number } របស់អ្នកត្រូវបានចាក់សោហើយ។ លេខនេះមិនអាចផ្ទេរ ឬប្តូរស៊ីមបានទេ រហូតដល់អ្នកដោះសោ។
notice-lock-lifting = { $operator }៖ មានគេស្នើសុំដោះសោលេខ { $number } របស់អ្នក។ សោនឹងត្រូវបានដោះនៅថ្ងៃទី { $lifted_at }។ បើមិនមែនជាអ្នកទេ សូមហៅទៅ { $care } ភ្លាម។
notice-lock-lifted = { $operator }៖ លេខ { $number } របស់អ្នកត្រូវបានដោះសោហើយ។
notice-access-restricted = { $operator }៖ សេវានៃលេខ { $number } របស់អ្នកត្រូវបានដាក់កម្រិតរហូតដល់ថ្ងៃទី { $ends_at } ដោយសារ៖ { $reason } ({ $clause })។ ជំនួយ៖ { $care }។
notice-access-suspended = { $operator }៖ សេវានៃលេខ { $number } របស់អ្នកត្រូវបានផ្អាក ដោយសារ៖ { $reason } ({ $clause })។ ជំនួយ៖ { $care }។
notice-access-terminated = { $operator }៖ កិច្ចសន្យានៃលេខ { $number } ត្រូវបានបញ្ចប់ចាប់ពីការជូនដំណឹងនេះ ដោយសារ៖ { $reason } ({ $clause })។ ជំនួយ៖ { $care }។
notice-access-ended = { $operator }៖ ការដាក់កម្រិតលើលេខ { $number } របស់អ្នកត្រូវបានដកចេញហើយ។ ព័ត៌មានបន្ថែម៖ { $care }។
notice-access-traffic = { $operator }៖ ការប្រើបណ្តាញនៃលេខ { $number } របស់អ្នកត្រូវបានដាក់កម្រិតរហូតដល់ថ្ងៃទី { $ends_at } ដោយសារ៖ { $reason } ({ $clause })។ ជំនួយ៖ { $care }។
notice-security-attempt = { $operator }៖ មានគេព្យាយាមធ្វើការផ្លាស់ប្តូរលើលេខ { $number } ដោយគ្មានការយល់ព្រមពីអ្នក។ យើងបានបញ្ឈប់ ហើយគ្មានអ្វីផ្លាស់ប្តូរទេ។ ព័ត៌មានបន្ថែម៖ { $care }។
notice-security-proof = { $operator }៖ មាន passkey ឬអាណាព្យាបាលថ្មីមួយត្រូវបានបន្ថែមសម្រាប់ម្ចាស់លេខ { $number }។ បើមិនមែនជាអ្នកទេ សូមហៅទៅ { $care } ភ្លាម។
notice-staff-break-glass = { $operator }៖ នៅថ្ងៃទី { $seen_at } បុគ្គលិករបស់យើងម្នាក់បានមើលទិន្នន័យនៃលេខ { $number } របស់អ្នកក្នុងករណីបន្ទាន់។ យើងកំពុងពិនិត្យរឿងនេះ។ ព័ត៌មានបន្ថែម៖ { $care }។
notice-rights-received = { $operator }៖ យើងបានទទួលសំណើរបស់លោកអ្នក៖ { $right }។ យើងនឹងឆ្លើយត្រឹម { $due_at }។ បើមិនមែនលោកអ្នកទេ សូមហៅ { $care }។
notice-rights-proof = { $operator }៖ សំណើរបស់លោកអ្នក៖ { $right }។ មុនពេលឆ្លើយ សូមបញ្ជាក់អត្តសញ្ញាណក្នុងកម្មវិធីដោយ passkey ឬនៅហាងដោយមានឯកសារ ត្រឹម { $ends_at }។
notice-rights-extended = { $operator }៖ សំណើរបស់លោកអ្នក៖ { $right }។ យើងត្រូវការពេលដល់ { $due_at }។ មូលហេតុ៖ { $reason } ជំនួយ៖ { $care }។
notice-rights-answered = { $operator }៖ សំណើរបស់លោកអ្នក៖ { $right }។ { $answer } ជំនួយ៖ { $care }។
notice-selfcare-reply = { $text }
notice-person-language = { $operator }៖ ចាប់ពីពេលនេះទៅ យើងនឹងផ្ញើសារទៅលេខ { $number } ជាភាសាខ្មែរ។
notice-person-adult = { $operator }៖ អ្នកមានអាយុគ្រប់តាមច្បាប់ហើយ។ ចាប់ពីពេលនេះទៅ អ្នកសម្រេចដោយខ្លួនឯងអំពីលេខ { $number }។ ព័ត៌មានបន្ថែម៖ { $care }។
notice-consent-given = { $operator }៖ សូមអរគុណ។ អ្នកបានយល់ព្រមលើ៖ { $purpose }។ ដើម្បីបញ្ឈប់ សូមហៅទៅ { $stop }។
notice-consent-withdrawn = { $operator }៖ តាមសំណើរបស់អ្នក យើងបានបញ្ឈប់៖ { $purpose }។ ព័ត៌មានបន្ថែម៖ { $care }។
notice-security-profile = { $operator }៖ ព័ត៌មានចុះឈ្មោះរបស់ម្ចាស់លេខ { $number } ត្រូវបានផ្លាស់ប្តូរ។ បើមិនមែនជាអ្នកទេ សូមហៅទៅ { $care } ភ្លាម។
notice-security-breach = { $operator }៖ អ្នកដទៃអាចបានឃើញទិន្នន័យរបស់លោកអ្នកដែលយើងរក្សាទុក ({ $when })៖ { $what } { $handling } យើងសូមអភ័យទោស។ ជំនួយ៖ { $care }។
notice-topup-received = { $operator }៖ បានបញ្ចូលទឹកប្រាក់ { $amount_micros } ទៅលេខ { $number } ហើយ។ សមតុល្យ៖ { $funds_micros } មានសុពលភាពដល់ថ្ងៃទី { $valid_until_at }។ សូមអរគុណ។
notice-payment-received = { $operator }៖ យើងបានទទួលការទូទាត់ { $amount_micros } សម្រាប់លេខ { $number } ហើយ។ ទឹកប្រាក់ដែលនៅត្រូវបង់៖ { $owed_micros }។ សូមអរគុណ។
notice-usage-most = { $operator }៖ លេខ { $number } បានប្រើអស់ { $percent }% នៃ { $allowance } ហើយ។
notice-usage-all = { $operator }៖ លេខ { $number } បានប្រើ { $allowance } អស់ហើយ។ ការប្រើបន្តអាចកាត់ទឹកប្រាក់ពីសមតុល្យ។
notice-usage-low = { $operator }៖ សមតុល្យលេខ { $number } នៅសល់តែ { $funds_micros } ប៉ុណ្ណោះ។ សូមបញ្ចូលទឹកប្រាក់ ដើម្បីបន្តប្រើសេវា។
notice-expiry-soon = { $operator }៖ សមតុល្យលេខ { $number } មានសុពលភាពដល់ថ្ងៃទី { $ends_at }។ សូមបញ្ចូលទឹកប្រាក់មុនពេលនោះ ដើម្បីបន្តសុពលភាព។
notice-expiry-ended = { $operator }៖ លេខ { $number } អស់សុពលភាពហើយ។ សូមបញ្ចូលទឹកប្រាក់មុនថ្ងៃទី { $recycled_at } ដើម្បីរក្សាលេខរបស់អ្នក។ ជំនួយ៖ { $care }។
notice-tariff-change = { $operator }៖ តម្លៃសេវានឹងផ្លាស់ប្តូរចាប់ពីថ្ងៃទី { $effective_at }៖ { $summary }។ ព័ត៌មានលម្អិត៖ { $page } ជំនួយ៖ { $care }។
notice-privacy-change = { $operator }៖ សេចក្តីជូនដំណឹងអំពីឯកជនភាពនឹងផ្លាស់ប្តូរចាប់ពីថ្ងៃទី { $effective_at }៖ { $summary }។ ព័ត៌មានលម្អិត៖ { $page } ជំនួយ៖ { $care }។
notice-privacy-lifting = { $operator }៖ តាមសំណើរបស់អ្នក យើងបានរក្សាទុកទិន្នន័យរបស់អ្នកដោយមិនប្រើប្រាស់។ ចាប់ពី { $lifted_at } ទិន្នន័យនឹងត្រូវប្រើប្រាស់វិញ។ បើអ្នកជំទាស់ សូមហៅទៅ { $care }។
notice-terms-change = { $operator }៖ លក្ខខណ្ឌសេវានឹងផ្លាស់ប្តូរចាប់ពីថ្ងៃទី { $effective_at }៖ { $summary }។ ព័ត៌មានលម្អិត៖ { $page } ជំនួយ៖ { $care }។
notice-marketing-offer = { $operator }៖ { $text } ដើម្បីឈប់ទទួលការផ្សព្វផ្សាយ សូមហៅទៅ { $stop }។

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
letter-subject-code = { $operator }៖ សូមបញ្ជាក់អាសយដ្ឋានរបស់អ្នក
letter-code = ដើម្បីបញ្ជាក់អាសយដ្ឋាននេះជាមួយ { $operator } សូមប្រាប់លេខកូដនេះដល់បុគ្គលិករបស់យើង៖ { $code }។ លេខកូដមានសុពលភាពដល់ { $until_at }។ បើអ្នកមិនបានផ្តល់អាសយដ្ឋាននេះទេ សូមកុំខ្វល់នឹងសារនេះ។ ជំនួយ៖ { $care }។
