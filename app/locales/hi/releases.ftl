# Releases of a record to others, which clients sign, and what was passed on because
# of the law or an emergency. A release says nothing of what the other partner did.
# Needs a native reader.

## The list on the page of forms

release-section = दूसरों को दी जाने वाली जानकारी
disclosure-section = क़ानून या आपात स्थिति के कारण दी गई जानकारी
release-item = { $recipient } को
release-item-to-sign = हस्ताक्षर बाक़ी
release-item-signed = { $day } को हस्ताक्षर किया
release-item-sent = { $day } को भेजा गया
release-item-withdrawn = { $day } को वापस लिया
release-item-over = अब खुला नहीं है

## A release

release-title = { $recipient } को जानकारी देना
release-lead = आपसे पूछा जा रहा है कि क्या यह जानकारी बाहर दी जा सकती है। हर व्यक्ति अकेले हस्ताक्षर करता है, और सबके हस्ताक्षर से पहले कुछ भी बाहर नहीं जाता।
release-what = क्या दिया जाएगा, और किसे
release-to = किसे
release-purpose = उद्देश्य
release-by = देने वाला
release-manner = कैसे भेजा जाएगा
release-ends = कब तक
release-own = आपके अपने हिस्से से
release-own-tick = मेरे अपने हिस्से से यह भी दें
release-own-hint = निशान के बिना आपके अपने हिस्से से कुछ नहीं दिया जाता। आपकी पसंद केवल आपके थेरेपिस्ट देखते हैं।
release-continue = हस्ताक्षर की ओर बढ़ें
release-copy = आपने जिस पर हस्ताक्षर किया, उसे पढ़ें
release-withdraw = मेरा हस्ताक्षर वापस लें
release-withdraw-text = जब तक यह भेजा नहीं जाता, आप अपना हस्ताक्षर वापस ले सकते हैं।
release-withdraw-again = आप अब भी अपना हस्ताक्षर वापस ले सकते हैं। तब और कुछ नहीं भेजा जाता; जो भेजा जा चुका है, वह वापस नहीं हो सकता।
release-said-signed = आपने { $day } को हस्ताक्षर किया। सबके हस्ताक्षर के बाद, { $until } तक, इसे भेजा जा सकता है।
release-said-sent = यह { $day } को भेजा गया।
release-said-withdrawn = आपने { $day } को अपना हस्ताक्षर वापस लिया। कुछ भी नहीं दिया जाता।
release-said-over = यह अब खुला नहीं है। इसके द्वारा और कुछ नहीं दिया जाता।

## What leaves, a line for each thing

release-line-days = दिन: { $from } से { $until } तक
release-line-days-from = दिन: { $from } से अंतिम हस्ताक्षर के दिन तक
release-line-days-until = दिन: शुरुआत से { $until } तक
release-line-days-all = दिन: शुरुआत से अंतिम हस्ताक्षर के दिन तक
release-line-notes = इन दिनों के हस्ताक्षरित नोट
release-line-notes-joint = इन दिनों के दोनों के बारे में हस्ताक्षरित नोट
release-line-templates = केवल इन प्रकार के नोट: { $templates }
release-line-document = दस्तावेज़ “{ $title }”
release-line-attendance = साझा सत्रों की सूची, और कौन उपस्थित था
release-line-goals = लक्ष्य
release-line-exercises = सबको दिए गए अभ्यासों की सूची, बिना किसी उत्तर के
release-line-process = इन दिनों के आपके थेरेपिस्ट के अपने प्रक्रिया-नोट, और कुछ नहीं
release-line-own-notes = मेरे अपने हिस्से से: केवल मेरे बारे में इन दिनों के हस्ताक्षरित नोट
release-line-own-document = मेरे अपने हिस्से से: दस्तावेज़ “{ $title }”
# Where it is sent to: the name, the address, and how.
release-recipient = { $name }, { $address } ({ $manner })
release-until-once = { $day } तक, या जब तक यह एक बार भेज न दिया जाए
release-until-day = { $day } तक; तब तक इसे फिर से भेजा जा सकता है

## How it is sent

release-manner-post = डाक से
release-manner-in_person = स्वयं हाथ में देकर
release-manner-encrypted = एन्क्रिप्टेड ईमेल से
release-manner-upload = प्राप्तकर्ता के अपने सुरक्षित पेज से
release-manner-fax = फ़ैक्स से

## What was passed on without a signature

disclosure-title = { $recipient } को दी गई जानकारी
disclosure-lead = यह जानकारी आपके हस्ताक्षर के बिना दी गई। कोई प्रश्न हो तो अपने थेरेपिस्ट से पूछें।
disclosure-what = क्या दिया गया
disclosure-ground = आधार
disclosure-sent = भेजने का दिन
disclosure-ground-court = न्यायालय का आदेश
disclosure-ground-duty = क़ानून या सूचना देने का कर्तव्य
disclosure-ground-danger = जान का ख़तरा
disclosure-ground-other = अन्य क़ानूनी आधार
disclosure-notes =
    { $count ->
        [one] { $count } नोट
       *[other] { $count } नोट
    }
disclosure-documents =
    { $count ->
        [one] { $count } दस्तावेज़
       *[other] { $count } दस्तावेज़
    }
# The message in the portal; items is a list such as "2 notes and 1 document".
disclosure-message = { $day } को आपके रिकॉर्ड का एक हिस्सा आपके हस्ताक्षर के बिना { $recipient } को दिया गया। आधार: { $ground }। इसमें था: { $items }। यह आपको “फ़ॉर्म” के अंतर्गत मिलेगा। कोई प्रश्न हो तो कृपया मुझसे पूछें।
