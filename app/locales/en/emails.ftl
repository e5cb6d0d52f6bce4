# The phrases of emails outside their texts, which are in app/src/mail/wording.
# No email says what the appointments are for.

email-hours = { $from } to { $until }
email-hours-until-day = { $from } to { $until } on { $day }
email-hours-in = { $hours } in { $city }
email-time-of = { $city } time
email-same-time-in = the same time in { $city }
email-and-so-on = and so on
# Within "your appointment on …, has been cancelled, …"
email-all-later = and with it all later appointments in this series

email-button-invitation = Accept the invitation
email-button-reset = Choose a new password
email-button-new-address = Confirm the address
email-button-own-address = Confirm my address
email-button-page = Open my page
