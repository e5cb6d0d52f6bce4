# How the practice may contact a client, and the times that suit them.

## Notifications

contact-title = Notifications
contact-lead = Your partner does not see this, whatever you choose. Our emails never say what they are about beyond a time and a place.
contact-portal-only = Don’t email me at all
contact-portal-only-hint = You’ll still find everything here.
contact-reminders = Remind me before sessions
contact-reminders-hint = You’re told of moved and cancelled sessions in any case, where email is allowed.
contact-nudges = Remind me of exercises and plans
contact-nudges-hint = Two at most, and they never say what they’re about.
contact-alone = Emails about what I do alone
contact-alone-hint = Sessions, exercises and messages that are yours alone.
alone-mail-unshared = By email, unless another person here has this address too
alone-mail-portal_only = Never by email: only in the portal
alone-mail-address = By email, even if another person reads this address
contact-when = When to email me
contact-leads = When to remind me of a session
contact-leads-hint = Leave blank to use the practice’s default.
lead-days =
    { $count ->
        [one] A day before
        [7] A week before
       *[other] { $count } days before
    }
lead-hours =
    { $count ->
        [one] An hour before
       *[other] { $count } hours before
    }
contact-nudge-at = Remind me of exercises at
contact-nudge-at-hint = Your local time
contact-safe-from = Email me only from
contact-safe-from-hint = Your local time. Leave both blank for any hour.
contact-safe-until = Email me only until
contact-save = Save notifications

## Times that suit

wish-title = Times that suit me
wish-lead = Nobody can see this, including your partner. It only filters the times we offer.
wish-parts = I’d like to come on
wish-parts-hint = { $city } time. Leave everything blank if any time is fine.
week-part-weekday_mornings = Weekday mornings (08:00–12:00)
week-part-weekday_afternoons = Weekday afternoons (12:00–17:00)
week-part-weekday_evenings = Weekday evenings (17:00–21:00)
week-part-saturdays = Saturdays (09:00–18:00)
wish-other = Other times
wish-other-hint = Hours like 9:00–12:30, 17:00–20:00. They add to what is ticked above.
wish-save = Save times
