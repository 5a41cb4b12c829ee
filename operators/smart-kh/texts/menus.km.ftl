# អត្ថបទលើអេក្រង់ទូរសព្ទ និងចម្លើយសារ។ The English version prevails (GTC-LANG).

own-language = ភាសាខ្មែរ
foot-more = 9 បន្ត
foot-back = 0 ត្រឡប់

title-main = { $operator }
title-protect = ការពារលេខ
item-balance = សមតុល្យ
item-top-up = បញ្ចូលទឹកប្រាក់
item-consent = ការផ្តល់ជូន និងការយល់ព្រម
item-language = ភាសា
item-menu-protect = ការពារលេខ
item-lock = ចាក់សោលេខ
item-stop-request = បញ្ឈប់ការផ្ទេរ

say-unknown-code = { $operator }៖ លេខកូដនេះមិនត្រឹមត្រូវទេ។ សូមចុច { $menu }។
say-wrong-choice = សូមជ្រើសរើសលេខណាមួយក្នុងបញ្ជី។
say-too-late = អ្នកបានរង់ចាំយូរពេក ហើយគ្មានអ្វីផ្លាស់ប្តូរទេ។ សូមចុច { $menu } ម្តងទៀត។
say-trouble = { $operator }៖ ពេលនេះមិនទាន់អាចដំណើរការបានទេ។ សូមព្យាយាមម្តងទៀតក្នុងពេលបន្តិចទៀត។
say-lost = { $operator }៖ ស៊ីមនេះត្រូវបានរាយការណ៍ថាបាត់។ សូមហៅទៅ { $care }។
say-nobody = { $operator }៖ លេខនេះមិនទាន់បានចុះឈ្មោះទេ។ សូមហៅទៅ { $care }។
say-help = { $operator }៖ BAL មើលសមតុល្យ។ TOPUP និងលេខកូដកាត ដើម្បីបញ្ចូលទឹកប្រាក់។ STOP បញ្ឈប់ការផ្តល់ជូន និងការផ្ទេរលេខ។ LOCK ចាក់សោលេខ។ LANG km ឬ LANG en ប្តូរភាសា។ ឬចុច { $menu }។ ជំនួយ៖ { $care }។
say-unknown-word = { $operator }៖ សូមអភ័យទោស យើងមិនយល់សារនេះទេ។ សូមសរសេរ BAL, TOPUP និងលេខកូដកាត, STOP, LOCK ឬ LANG ឬចុច { $menu }។ ជំនួយ៖ { $care }។

say-balance = សមតុល្យ៖ { $funds } ដល់ { $until }។
say-balance-none = សមតុល្យ៖ { $funds }។ សូមបញ្ចូលទឹកប្រាក់ ដើម្បីប្រើលេខរបស់អ្នក។
say-balance-ended = សមតុល្យ៖ { $funds } អស់សុពលភាពតាំងពី { $since }។ សូមបញ្ចូលទឹកប្រាក់។
say-balance-postpaid = ត្រូវបង់៖ { $owed }។ កម្រិតប្រើប្រាស់៖ { $limit }។
say-outgoing-blocked = អ្នកអាចទទួលការហៅ និងសារ ដល់ { $until }។
say-both-blocked = លេខត្រូវបានបិទ។ សូមបញ្ចូលទឹកប្រាក់មុន { $until } បើមិនដូច្នោះទេ លេខនេះនឹងត្រូវផ្តល់ឱ្យអ្នកដទៃ។
say-barred = ការហៅ ឬសារលើលេខរបស់អ្នកត្រូវបានបិទ។ ព័ត៌មានបន្ថែម៖ { $care }។
say-suspended = សេវានៃលេខរបស់អ្នកត្រូវបានផ្អាក។ ព័ត៌មានបន្ថែម៖ { $care }។
say-promotional = ទឹកប្រាក់បន្ថែម៖ { $amount } ដល់ { $until }។
say-allowance = { $allowance }៖ នៅសល់ { $left } ដល់ { $until }។
left-minutes = { $count } នាទី
left-messages = { $count } សារ

ask-pin = សូមបញ្ចូលលេខកូដកាត { $digits } ខ្ទង់៖
say-topped-up = សូមអរគុណ។ បានបញ្ចូល { $amount }។ សមតុល្យ៖ { $funds } ដល់ { $until }។
say-pin-malformed = លេខកូដកាតមាន { $digits } ខ្ទង់។ មិនទាន់បានបញ្ចូលទឹកប្រាក់ទេ។ សូមព្យាយាមម្តងទៀត។
say-pin-unknown = គ្មានលេខកាតនេះទេ។ សូមពិនិត្យលេខម្តងទៀត។
say-pin-locked = អ្នកបានបញ្ចូលលេខកូដខុសច្រើនដង។ សូមព្យាយាមម្តងទៀត ក្រោយ { $minutes } នាទី។
say-card-used = កាតនេះត្រូវបានប្រើរួចហើយ។ បើមិនមែនជាអ្នកទេ សូមហៅទៅ { $care }។
say-card-blocked = កាតនេះត្រូវបានបិទ។ សូមហៅទៅ { $care }។
say-card-expired = កាតនេះផុតកំណត់ហើយ។ សូមហៅទៅ { $care }។
say-not-possible = មិនអាចធ្វើបានទេ។ គ្មានអ្វីផ្លាស់ប្តូរទេ។ សូមហៅទៅ { $care }។

ask-consent = តើអ្នកយល់ព្រមលើអ្វីខ្លះ?
option-purpose-on = { $purpose }៖ យល់ព្រម
option-purpose-off = { $purpose }៖ មិនយល់ព្រម
ask-purpose-on = { $purpose }។ អ្នកបានយល់ព្រមហើយ។ តើអ្នកនៅតែយល់ព្រមទេ?
ask-purpose-off = { $explained } តើអ្នកយល់ព្រមទេ?
option-yes = យល់ព្រម
option-no = មិនយល់ព្រម
say-given = សូមអរគុណ។ អ្នកបានយល់ព្រមលើ៖ { $purpose }។ អ្នកអាចប្តូរវិញបានគ្រប់ពេល៖ { $menu }។
say-withdrawn = រួចរាល់។ យើងបានបញ្ឈប់៖ { $purpose }។
say-guardian = ត្រូវមានការយល់ព្រមពីឪពុកម្តាយ ឬអាណាព្យាបាល។ សូមអញ្ជើញមកហាង ឬហៅទៅ { $care }។
say-marketing-ended = { $operator }៖ អ្នកនឹងមិនទទួលការផ្តល់ជូនពីយើងទៀតទេ។ អ្នកអាចប្តូរវិញបានគ្រប់ពេល៖ { $menu }។

ask-lock = ចាក់សោលេខ { $number } មែនទេ? លេខនេះមិនអាចផ្ទេរ ឬប្តូរស៊ីមបានទេ រហូតដល់អ្នកដោះសោដោយ passkey ឬនៅហាង។
option-lock = ចាក់សោ
say-locked = លេខ { $number } ត្រូវបានចាក់សោហើយ។
say-locked-already = លេខ { $number } ត្រូវបានចាក់សោរួចហើយ។
ask-stop-transfer = មានគេស្នើសុំផ្ទេរលេខ { $number } ទៅឱ្យអ្នកដទៃ។
ask-stop-sim = មានគេស្នើសុំស៊ីមថ្មីសម្រាប់លេខ { $number }។
ask-stop-unlock = មានគេស្នើសុំដោះសោលេខ { $number }។
option-stop = បញ្ឈប់
say-stopped = បានបញ្ឈប់។ គ្មានអ្វីផ្លាស់ប្តូរចំពោះលេខ { $number } ទេ។
say-nothing-to-stop = គ្មានការស្នើសុំអំពីលេខ { $number } ទេ។
say-not-stoppable = មិនអាចបញ្ឈប់តាមទូរសព្ទបានទេ។ សូមហៅទៅ { $care } ភ្លាម។ លេខ៖ { $number }

ask-language = សូមជ្រើសរើសភាសា៖
say-language = ចាប់ពីពេលនេះទៅ យើងនឹងផ្ញើសារជូនអ្នកជាភាសាខ្មែរ។
