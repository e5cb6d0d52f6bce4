# Messages between a client and their therapist.

messages-title = Messages
messages-with = Messages with { $name }
messages-new = New message
messages-none = No messages yet.
messages-about = About: { $title }
messages-about-title = About “{ $title }”
messages-read = read
messages-write = Write to { $name }
messages-to = To { $name }
messages-send = Send message
messages-you = You
messages-thread = With { $name }
messages-readers = { $therapist } reads this, and those who cover for them. Your partner doesn’t, and isn’t told that you write.
