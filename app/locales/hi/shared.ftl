# What many pages share: the frame, forms, and pages that say what went wrong.
# Needs a native reader.

site-description = अपॉइंटमेंट और साझा अभ्यास
skip-to-content = सीधे सामग्री पर जाएँ
navigation = मुख्य मेन्यू
sign-out = साइन आउट करें
undo = पहले जैसा करें
call-practice = हमें फ़ोन करें:

## Forms

form-optional = ज़रूरी नहीं
form-zone-hint = खोजने के लिए शहर का नाम लिखें।
form-errors = कृपया इन्हें ठीक करें

## Pages that say what went wrong

page-unreadable = इस पेज का एक हिस्सा पढ़ा नहीं जा सकता। कृपया केंद्र को बताएँ।
zone-unknown = हमें आपका समय क्षेत्र “{ $zone }” नहीं पता, इसलिए समय UTC में हैं। अपने खाते में कोई दूसरा चुनें।

back = वापस
back-home = मुख्य पेज पर वापस
