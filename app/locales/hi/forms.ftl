# Forms: texts that a client reads and signs, and the copies of them.
# Needs a native reader.

forms-title = फ़ॉर्म
forms-lead = जो आपको पढ़ना और जिस पर हस्ताक्षर करना है। आप केवल अपने लिए निर्णय लेते हैं।
forms-to-do = करने के लिए
forms-nothing-to-do = अभी हस्ताक्षर के लिए कुछ नहीं है।
forms-texts = सहमतियाँ और सूचनाएँ
forms-texts-intro = यदि आप साथी के साथ आते हैं, तो वे नहीं देखते कि आप यहाँ किस पर हस्ताक्षर करते हैं, या करते हैं या नहीं।
forms-state-open = हस्ताक्षर बाक़ी
forms-state-signed = { $day } को हस्ताक्षर किए
forms-state-withdrawn = { $day } को वापस लिया

## A text to sign

forms-sign = आपके हस्ताक्षर
forms-statement-agree = मैंने यह पाठ पढ़ लिया है, और मैं इससे सहमत हूँ।
forms-statement-read = मैंने यह पाठ पढ़ लिया है।
forms-name = आपका नाम
forms-name-hint = वैसे ही लिखें जैसे आप हस्ताक्षर करते हैं।
forms-password = आपका पासवर्ड
forms-password-hint = ताकि आपके नाम से कोई और हस्ताक्षर न करे।
forms-password-room = आपके चिकित्सक का पासवर्ड
forms-password-room-hint = यह आपके चिकित्सक लिखते हैं, आप नहीं।
forms-password-needed = अपना पासवर्ड लिखें।
forms-copy-given = व्यक्ति को प्रति मिलती है
forms-sign-button = हस्ताक्षर करें
forms-gaps = इस पाठ में अभी कुछ बाक़ी है, इसलिए इस पर हस्ताक्षर नहीं हो सकते। कृपया अपने चिकित्सक को बताएँ।
forms-replaced = आपके खोलने के बाद यह पाठ बदल गया है, और किसी पर हस्ताक्षर नहीं हुए। कृपया इसे फिर से पढ़ें।

## A text that is signed

forms-signature = हस्ताक्षर
forms-copy = छापने के लिए प्रति दिखाएँ
forms-pdf = PDF में सहेजें
forms-withdraw = वापस लें…
forms-withdraw-hint = अब से यह लागू नहीं रहेगा। जो पहले हो चुका है, वह रहता है। आपके चिकित्सक देखते हैं कि आपने इसे वापस लिया है; आपके साथी नहीं।
forms-withdraw-button = मेरे हस्ताक्षर वापस लें
forms-earlier = दूसरे संस्करण जिन पर आपने हस्ताक्षर किए
forms-earlier-item = संस्करण { $version }, { $day } को हस्ताक्षर किए

## The copy

forms-fact-name = नाम
forms-fact-statement = कथन
forms-fact-typed = हस्ताक्षर में नाम
forms-fact-when = हस्ताक्षर का समय
forms-fact-how = कैसे
forms-fact-version = संस्करण
forms-fact-hash = पाठ का SHA-256
forms-fact-recorded = किसने दर्ज किया
forms-fact-withdrawn = वापस लेने का समय
forms-fact-replaced = बदले जाने का समय
forms-how-portal = पोर्टल में, अपने ही लॉगिन से
forms-how-room = कमरे में, केंद्र के उपकरण पर
forms-how-paper = काग़ज़ पर
forms-foot = { $title }, संस्करण { $version }
forms-to-sign = हस्ताक्षर के लिए
forms-line-name = नाम
forms-line-day = दिन
forms-line-signature = हस्ताक्षर

## The decisions of a secrets policy

policy-client-couple = जोड़ा एक इकाई के रूप में क्लाइंट है।
policy-client-each = जोड़ा, और आप में से हर एक भी, क्लाइंट है।
policy-contact-sessions = अकेले संपर्क का मतलब है आप में से एक के साथ सत्र।
policy-contact-everything = अकेले संपर्क का मतलब है आप में से एक के साथ सत्र, फ़ोन और संदेश, और अभ्यासों के जवाब।
policy-decider-none = यह सब दूसरे को बताया जा सकता है।
policy-decider-therapist = इसमें से दूसरे को क्या बताया जाए, यह चिकित्सक तय करते हैं।
policy-decider-person = इसमें से दूसरे को क्या बताया जाए, यह केवल कहने वाला तय करता है।
policy-first-no = कहने वाला पहले ख़ुद बताए, यह विकल्प नहीं है।
policy-first-session = कहने वाला, दोनों के अगले सत्र तक, पहले ख़ुद बता सकता है।
policy-first-two-weeks = कहने वाला, दो सप्ताह के भीतर, पहले ख़ुद बता सकता है।
policy-first-four-weeks = कहने वाला, चार सप्ताह के भीतर, पहले ख़ुद बता सकता है।
policy-refused-continue = यदि वह व्यक्ति मना करे, तो काम चलता रहता है, और बात निजी रहती है।
policy-refused-pause = यदि वह व्यक्ति मना करे, तो जोड़े का काम तब तक रुकता है जब तक बात सुलझ न जाए।
policy-refused-end = यदि वह व्यक्ति मना करे, तो चिकित्सक कारण बताए बिना जोड़े का काम समाप्त कर सकते हैं।
policy-sessions-part = आप में से एक के साथ सत्र जोड़े के काम का हिस्सा हैं।
policy-sessions-separate = आप में से एक के साथ सत्र जोड़े के काम से अलग हैं।
policy-release-both = किसी और को कुछ देने से पहले आप दोनों हस्ताक्षर करते हैं, एक के साथ हुए सत्र की टिप्पणी के लिए भी।
policy-release-own = किसी और को कुछ देने से पहले आप दोनों हस्ताक्षर करते हैं; अकेले सत्र की टिप्पणी के लिए केवल वही जिसका सत्र था।
policy-access-joint = यदि आप में से एक अपना डेटा माँगे, तो उसे अपना हिस्सा और साझा रिकॉर्ड मिलता है।
policy-access-decided = यदि आप में से एक अपना डेटा माँगे, तो उसे अपना हिस्सा मिलता है; साझा रिकॉर्ड पर एक-एक प्रविष्टि देखकर निर्णय होता है।
policy-court-neither = आप में से कोई भी चिकित्सक को अदालत में गवाही के लिए नहीं बुलाता।
policy-court-order = चिकित्सक अदालत में गवाही केवल तब देते हैं जब क़ानून आदेश दे।
# things is a list of the three lines below.
policy-exempt = इसके अलावा बाहर: { $things }।
policy-exempt-health = अपना स्वास्थ्य
policy-exempt-past = वे रिश्ते जो इससे पहले समाप्त हो गए
policy-exempt-identity = यौन रुझान और लैंगिक पहचान
