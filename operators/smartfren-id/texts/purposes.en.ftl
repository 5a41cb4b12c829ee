# What a subscriber may say yes to beyond the service: a title, what is done, and what follows from a no.

purpose-offers = Offers of Smartfren
purpose-offers-text = We tell you about our offers and promotions. We use your contact data and which services you have.
purpose-offers-without = You hear of no offers. Your service stays as it is.

purpose-contests = News of quizzes and draws
purpose-contests-text = We contact you about quizzes, contests and lucky draws, and check your identity if you enter.
purpose-contests-without = You hear of no quizzes and draws. Your service stays as it is.

purpose-site-visits = Remembering visits to the website
purpose-site-visits-text = With cookies we remember your visits to the website, to tailor pages and to count visitors.
purpose-site-visits-without = Pages are not tailored to your visits. All of them can be used.
