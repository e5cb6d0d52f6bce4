# Messages between a client and their therapist.
# Needs a native reader.

messages-title = संदेश
messages-with = { $name } के साथ संदेश
messages-new = नया संदेश
messages-none = अभी कोई संदेश नहीं है।
messages-about = विषय: { $title }
messages-about-title = “{ $title }” के बारे में
messages-read = पढ़ा गया
messages-write = { $name } को लिखें
messages-to = { $name } को
messages-send = संदेश भेजें
messages-you = आप
messages-thread = { $name } के साथ
messages-readers = इसे { $therapist } पढ़ते हैं, और वे जो उनकी जगह काम करते हैं। आपके साथी इसे नहीं पढ़ते, और उन्हें नहीं बताया जाता कि आप लिखते हैं।
