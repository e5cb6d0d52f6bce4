# What many pages share: the frame, forms, and pages that say what went wrong.

site-description = Appointments and shared exercises
skip-to-content = Skip to the content
navigation = Main
sign-out = Sign out
undo = Undo
call-practice = Call the practice:

## Forms

form-optional = optional
form-zone-hint = Type a city to search.
form-errors = Please check the following

## Pages that say what went wrong

page-unreadable = Part of this page cannot be read. Please tell your practice.
zone-unknown = We don’t know your time zone “{ $zone }”, so times are in UTC. Choose another one under Account.

back = Back
back-home = Back to Home
