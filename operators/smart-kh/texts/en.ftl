# The names that a subscriber reads.

offer-prepaid = Smart Prepaid
offer-postpaid = Smart Postpaid
offer-business = Smart Business

bundle-data-5gb = 5 GB for 7 days
bundle-mix-monthly = 2 GB, 100 minutes and 100 texts for 30 days
bundle-roam-week = 1 GB in neighbouring countries for 7 days

zone-emergency = emergency numbers
zone-onnet = Smart numbers
zone-offnet = other networks in Cambodia
zone-intl-1 = neighbouring and ASEAN countries
zone-intl-2 = East and South Asia
zone-intl-3 = North America, Western Europe and Oceania
zone-intl-4 = Eastern Europe, the Middle East and Latin America
zone-intl-5 = Africa
zone-intl-6 = small islands
zone-intl-7 = satellite and global networks
zone-care = customer care
zone-service = short numbers
zone-group = your closed user group
zone-internet = internet
zone-social = social networks
zone-selfcare = self-care
zone-store = app stores and digital content
zone-national = another network in Cambodia
zone-roam-1 = neighbouring and ASEAN countries
zone-roam-2 = East and South Asia
zone-roam-3 = North America, Western Europe and Oceania
zone-roam-4 = the rest of the world
zone-any = received
zone-local = the country you are in
zone-home = Cambodia
zone-abroad = another country
