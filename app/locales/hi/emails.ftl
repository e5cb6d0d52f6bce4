# The phrases of emails outside their texts, which are in app/src/mail/wording.
# No email says what the appointments are for.

email-hours = { $from } से { $until } तक
email-hours-until-day = { $from } से { $day } { $until } तक
email-hours-in = { $city } में { $hours }
email-time-of = { $city } का समय
email-same-time-in = { $city } में भी यही समय
email-and-so-on = और इसी तरह आगे
email-all-later = और इस क्रम के बाद के सभी अपॉइंटमेंट भी

email-button-invitation = निमंत्रण स्वीकार करें
email-button-reset = नया पासवर्ड चुनें
email-button-new-address = पता पक्का करें
email-button-own-address = मेरा पता पक्का करें
email-button-page = मेरा पेज खोलें
