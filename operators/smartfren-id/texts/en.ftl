# The names that a subscriber reads.

offer-prepaid = Smartfren Prepaid
offer-postpaid = Smartfren Postpaid
offer-business = Smartfren Business

bundle-kuota-10gb = 10 GB for 28 days
bundle-combo = 4 GB, 60 minutes and 60 texts for 14 days

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
