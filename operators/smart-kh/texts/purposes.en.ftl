# What a subscriber may say yes to beyond the service: a title, what is done, and what follows from a no.

purpose-offers = Offers of Smart
purpose-offers-text = We tell you about our offers, campaigns and promotions. We use your contact data and which services you have.
purpose-offers-without = You hear of no offers. Your service stays as it is.

purpose-partner-offers = Offers of our group and partners
purpose-partner-offers-text = We tell you about offers of companies of our group and of partners that we selected. We send them; nobody else gets your number.
purpose-partner-offers-without = You hear of no offers of others. Your service stays as it is.

purpose-analysis = Offers that fit how you use services
purpose-analysis-text = We look at how you use our services, to choose what we offer you and to improve our products.
purpose-analysis-without = What you are offered is not chosen by your usage. Your service stays as it is.

purpose-partner-services = Your data to a partner
purpose-partner-services-text = We give your contact data to a partner when you order something that the partner delivers.
purpose-partner-services-without = What a partner delivers cannot be ordered through us. Your service stays as it is.
