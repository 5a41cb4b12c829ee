# The names that a subscriber reads.

offer-prepaid = Smartfren Prepaid
offer-postpaid = Smartfren Postpaid
offer-business = Smartfren Business

bundle-kuota-10gb = 10 GB for 28 days
bundle-combo = 4 GB, 60 minutes and 60 texts for 14 days
allowance-kuota-10gb-internet = 10 GB internet data
allowance-combo-data = 4 GB internet data
allowance-combo-minutes = 60 call minutes
allowance-combo-texts = 60 texts

zone-emergency = emergency numbers
zone-onnet = Smartfren numbers
zone-offnet = other networks in Indonesia
zone-intl-1 = ASEAN countries
zone-intl-2 = East and South Asia
zone-intl-3 = Saudi Arabia and the Gulf
zone-intl-4 = North America, Western Europe and Oceania
zone-intl-5 = the rest of the world
zone-care = customer care
zone-service = short numbers
zone-group = your closed user group
zone-internet = internet
zone-social = social networks
zone-selfcare = self-care
zone-store = app stores and digital content
zone-national = another network in Indonesia
zone-roam-1 = ASEAN countries
zone-roam-2 = East Asia, Saudi Arabia and the Gulf
zone-roam-3 = the rest of the world
zone-any = received
zone-local = the country you are in
zone-home = Indonesia
zone-abroad = another country

# What a subscriber is told.  Every text may name $number, $operator and $care; what else, the check
# of the pack says.

notice-lifecycle-reminder = { $operator }: The validity of your number { $number } has ended. It will be recycled and given to others in { $days } days, on { $recycled_at }. Any top-up before that keeps it yours. Help: { $care }.
notice-lifecycle-recycled = { $operator }: The number { $number } was not topped up in time and is no longer yours. Please take it out of your accounts and contacts. Help: { $care }.
notice-transfer-asked = { $operator }: Somebody asked to give your number { $number } to another person. Nothing happens without your consent. If it was not you, call { $care } now to stop it.
notice-transfer-consented = { $operator }: Consent was given to transfer the number { $number }. If it was not you, call { $care } now to stop it.
notice-transfer-approved = { $operator }: The transfer of the number { $number } was approved. It takes effect not before { $effective_at }. Until then you can stop it: call { $care }.
notice-transfer-stopped = { $operator }: The transfer of the number { $number } was stopped. Nothing has changed.
notice-transfer-refused = { $operator }: A transfer of the number { $number } was refused. Nothing has changed. Help: { $care }.
notice-transfer-effected = { $operator }: The number { $number } was transferred to its new holder. Help: { $care }.
notice-transfer-attempted = { $operator }: Somebody tried to give your number { $number } to another person. It was stopped and nothing has changed. If you know nothing about it, call { $care }.
notice-sim-asked = { $operator }: Somebody asked for a new SIM for your number { $number }. If it was not you, call { $care } now.
notice-sim-replaced = { $operator }: The number { $number } works with its new SIM from now on. If it was not you, call { $care } now.
notice-sim-old = { $operator }: This SIM stops working for the number { $number }. If you did not ask for a new SIM, call { $care } now.
notice-lock-set = { $operator }: Your number { $number } is locked. It cannot be transferred and gets no new SIM until you unlock it.
notice-lock-lifting = { $operator }: Somebody asked to unlock your number { $number }. The lock ends on { $lifted_at }. If it was not you, call { $care } now.
notice-lock-lifted = { $operator }: Your number { $number } is no longer locked.
notice-access-restricted = { $operator }: The service of your number { $number } is restricted until { $ends_at }. Reason: { $reason } ({ $clause }). Help: { $care }.
notice-access-suspended = { $operator }: The service of your number { $number } is suspended. Reason: { $reason } ({ $clause }). Help: { $care }.
notice-access-terminated = { $operator }: The contract of the number { $number } ends with this notice. Reason: { $reason } ({ $clause }). Help: { $care }.
notice-access-ended = { $operator }: A restriction of your number { $number } was lifted. Information: { $care }.
notice-access-traffic = { $operator }: The network use of your number { $number } is limited until { $ends_at }. Reason: { $reason } ({ $clause }). Help: { $care }.
notice-security-attempt = { $operator }: Somebody tried to change something about your number { $number } without your consent. It was stopped and nothing has changed. Information: { $care }.
notice-security-proof = { $operator }: A passkey or a guardian was added for the holder of the number { $number }. If it was not you, call { $care } now.
notice-staff-break-glass = { $operator }: On { $seen_at } one of our staff looked at the data of your number { $number } in an emergency. We are reviewing it. Information: { $care }.
notice-rights-received = { $operator }: Your request was received: { $right }. You hear from us by { $due_at }. If it was not you, call { $care }.
notice-rights-proof = { $operator }: Your request: { $right }. Before we answer, please show who you are: in the app with your passkey, or in a shop with your document, by { $ends_at }.
notice-rights-extended = { $operator }: Your request: { $right }. We need until { $due_at }. Reason: { $reason } Help: { $care }.
notice-rights-answered = { $operator }: Your request: { $right }. { $answer } Help: { $care }.
notice-selfcare-reply = { $text }
notice-person-language = { $operator }: From now on we write to your number { $number } in English.
notice-person-adult = { $operator }: You are now of age. From now on you decide about the number { $number } yourself. Information: { $care }.
notice-consent-given = { $operator }: Thank you. You have agreed to: { $purpose }. To stop it, call { $stop }.
notice-consent-withdrawn = { $operator }: As you wished, we have stopped: { $purpose }. Information: { $care }.
notice-security-profile = { $operator }: The registered details of the holder of the number { $number } were changed. If it was not you, call { $care } now.
notice-security-breach = { $operator }: Others could see data of yours that we hold ({ $when }): { $what } { $handling } We are sorry. Help: { $care }.
notice-topup-received = { $operator }: { $amount_micros } was added to { $number }. Your balance is { $funds_micros }, valid until { $valid_until_at }. Thank you.
notice-payment-received = { $operator }: We received your payment of { $amount_micros } for { $number }. Still to be paid: { $owed_micros }. Thank you.
notice-usage-most = { $operator }: The number { $number } has used { $percent }% of { $allowance }.
notice-usage-all = { $operator }: The number { $number } has used all of { $allowance }. Further use may be charged to your balance.
notice-usage-low = { $operator }: The balance of { $number } is down to { $funds_micros }. Please top up to stay connected.
notice-expiry-soon = { $operator }: The balance of { $number } is valid until { $ends_at }. Please top up before then to extend it.
notice-expiry-ended = { $operator }: The validity of { $number } has ended. Please top up before { $recycled_at } to keep your number. Help: { $care }.
notice-tariff-change = { $operator }: Our prices change from { $effective_at }: { $summary }. Details: { $page } Help: { $care }.
notice-privacy-change = { $operator }: Our privacy notice changes from { $effective_at }: { $summary }. Details: { $page } Help: { $care }.
notice-privacy-lifting = { $operator }: As you asked, we kept your data and did not use it. From { $lifted_at } it is used again. If you object, call { $care }.
notice-terms-change = { $operator }: Our terms change from { $effective_at }: { $summary }. Details: { $page } Help: { $care }.
notice-marketing-offer = { $operator }: { $text } No more offers: call { $stop }.

# Around the text of a notice that is sent by e-mail.

letter-subject-service = { $operator }: your request
letter-subject-security = { $operator }: security notice for your number
letter-subject-lifecycle = { $operator }: about your number
letter-subject-access = { $operator }: about your service
letter-subject-receipt = { $operator }: receipt
letter-subject-usage = { $operator }: about your usage
letter-subject-expiry = { $operator }: about the validity of your number
letter-subject-change = { $operator }: a change of prices or terms
letter-subject-marketing = { $operator }: an offer for you
letter-body = { $text }
letter-subject-code = { $operator }: is this your address?
letter-code = To confirm this address with { $operator }, tell our staff this code: { $code }. It is valid until { $until_at }. If you did not give us this address, please ignore this letter. Help: { $care }.
