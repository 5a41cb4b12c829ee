# What stands on the screen of a phone, and in the answer to a text.  Every text may name $operator,
# $care (whom to call) and $menu (what to dial).  A screen holds 182 characters; longer ones are paged.

own-language = English
foot-more = 9 More
foot-back = 0 Back

title-main = { $operator }
title-protect = Protect my number
item-balance = Balance
item-top-up = Top up
item-consent = Offers and consent
item-language = Language
item-menu-protect = Protect my number
item-lock = Lock my number
item-stop-request = Stop a transfer

say-unknown-code = { $operator }: This code is not known. Please dial { $menu }.
say-wrong-choice = Please choose one of these.
say-too-late = This took too long, and nothing was changed. Please dial { $menu } again.
say-trouble = { $operator }: This is not possible right now. Please try again in a few minutes.
say-lost = { $operator }: This SIM was reported lost. Please call { $care }.
say-nobody = { $operator }: This number is registered to nobody. Please call { $care }.
say-help = { $operator }: BAL your balance. TOPUP and the PIN of a card to top up. STOP no more offers, and no transfer of your number. LOCK locks your number. LANG km or LANG en your language. Or dial { $menu }. Help: { $care }.
say-unknown-word = { $operator }: Sorry, we did not understand. Write BAL, TOPUP and a PIN, STOP, LOCK or LANG, or dial { $menu }. Help: { $care }.

say-balance = Balance: { $funds }, valid until { $until }.
say-balance-none = Balance: { $funds }. Please top up to use your number.
say-balance-ended = Balance: { $funds }, not valid since { $since }. Please top up.
say-balance-postpaid = To pay: { $owed }. Your limit: { $limit }.
say-outgoing-blocked = You can receive calls and texts until { $until }.
say-both-blocked = Your number is blocked. Top up before { $until }, or it goes to somebody else.
say-barred = Calls or texts are barred on your number. Information: { $care }.
say-suspended = The service of your number is suspended. Information: { $care }.
say-promotional = Promotional: { $amount } until { $until }.
say-allowance = { $allowance }: { $left } left until { $until }.
left-minutes = { $count } min
left-messages = { $count } texts

ask-pin = Enter the { $digits } digits of the card:
say-topped-up = Thank you. We added { $amount }. Balance: { $funds }, valid until { $until }.
say-pin-malformed = A card has { $digits } digits. Nothing was added. Please try again.
say-pin-unknown = This card is not known. Please check the digits.
say-pin-locked = Too many wrong cards. Please try again in { $minutes } minutes.
say-card-used = This card was used before. If it was not you, call { $care }.
say-card-blocked = This card is blocked. Please call { $care }.
say-card-expired = This card has expired. Please call { $care }.
say-not-possible = This is not possible. Nothing was changed. Please call { $care }.

ask-consent = What do you agree to?
option-purpose-on = { $purpose }: yes
option-purpose-off = { $purpose }: no
ask-purpose-on = { $purpose }. You agreed to this. Do you still agree?
ask-purpose-off = { $explained } Do you agree?
option-yes = Yes
option-no = No
say-given = Thank you. You agreed: { $purpose }. You can change this at any time: { $menu }.
say-withdrawn = Done. This has stopped: { $purpose }.
say-guardian = Your parent or guardian has to agree to this. Please come to a shop, or call { $care }.
say-marketing-ended = { $operator }: You get no more offers from us. You can change this at any time: { $menu }.

ask-lock = Lock { $number }? It cannot be transferred and gets no new SIM until you unlock it with your passkey or in a shop.
option-lock = Lock
say-locked = { $number } is locked.
say-locked-already = { $number } is locked already.
ask-stop-transfer = Somebody asked to give { $number } to another person.
ask-stop-sim = Somebody asked for a new SIM for { $number }.
ask-stop-unlock = Somebody asked to unlock { $number }.
option-stop = Stop it
say-stopped = Stopped. Nothing has changed for { $number }.
say-nothing-to-stop = Nobody has asked for anything about { $number }.
say-not-stoppable = This cannot be stopped from a phone. Please call { $care } now. Number: { $number }

ask-language = In which language may we write to you?
say-language = From now on we write to you in English.
