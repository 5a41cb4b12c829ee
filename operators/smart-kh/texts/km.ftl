# ឈ្មោះដែលអតិថិជនអាន។ The English version prevails (GTC-LANG).

offer-prepaid = Smart បង់ប្រាក់ជាមុន
offer-postpaid = Smart បង់ប្រាក់ក្រោយ
offer-business = Smart អាជីវកម្ម

bundle-data-5gb = អ៊ីនធឺណិត 5 GB សម្រាប់ 7 ថ្ងៃ
bundle-mix-monthly = អ៊ីនធឺណិត 2 GB ហៅ 100 នាទី និងសារ 100 សម្រាប់ 30 ថ្ងៃ
bundle-roam-week = អ៊ីនធឺណិត 1 GB នៅប្រទេសជិតខាង សម្រាប់ 7 ថ្ងៃ

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
