# The intake: what each person is asked before or after the first session.
# Needs a native reader.

intake-title = शुरुआती जानकारी
intake-lead = आप में से हर एक अकेले उत्तर देता है। सब कुछ साथ-साथ सहेजा जाता है: जब चाहें रुकें और किसी और दिन आगे बढ़ें।
intake-nothing = अभी उत्तर देने के लिए कुछ नहीं है।
intake-questions = आपके प्रश्न
intake-of-couple = { $name } के साथ
intake-of-one = अकेले
intake-count = { $all } में से { $done }
intake-ready = धन्यवाद। जो कुछ चाहिए वह सब आ गया है।
intake-begin = शुरू करें
intake-go-on = आगे बढ़ें
intake-open = बाकी
intake-begun = शुरू किया
intake-done = पूरा
intake-free = आपकी इच्छा

## A screen

intake-place = { $all } में से { $at }
intake-next = सहेजें और आगे बढ़ें
intake-back = वापस
intake-later = सहेजें और बाद में आगे बढ़ें
intake-overview = सूची पर वापस
intake-draft-kept = आपने जो लिखा वह सुरक्षित है, लेकिन अभी पूरा नहीं है।
intake-waived = आपके चिकित्सक को इसकी ज़रूरत नहीं है। आप फिर भी उत्तर दे सकते हैं।
intake-from-paper = आपके चिकित्सक ने इसे आपके छपे फ़ॉर्म से दर्ज किया है।
intake-changed-elsewhere = आपने इसका उत्तर किसी और उपकरण पर भी दिया है। दोनों यहाँ हैं: इन्हें देखें, फिर जो सही है उसे सहेजें।
intake-elsewhere = दूसरे उपकरण पर सहेजा गया
intake-theirs = { $name } ने यह लिखा है। नीचे इसकी पुष्टि करें या इसे सुधारें।
intake-signed = सब पर हस्ताक्षर हो चुके हैं।
intake-to-sign = कृपया “फ़ॉर्म” में जो है उसे पढ़ें और हस्ताक्षर करें।
intake-forms-link = फ़ॉर्म खोलें
intake-measured = अभ्यास पूरा हो गया है।
intake-to-measure = आपके चिकित्सक ने आपको एक अभ्यास दिया है। वह मुख्य पेज पर है।
intake-measure-link = मुख्य पेज खोलें

## Who reads an answer

intake-read-desk = इसे फ़्रंट डेस्क और आपके चिकित्सक पढ़ते हैं।
intake-read-channels = इसे आपके चिकित्सक पढ़ते हैं। फ़्रंट डेस्क को केवल यह दिखता है कि आपसे कैसे और कब संपर्क हो सकता है।
intake-read-clinician = इसे आपके चिकित्सक पढ़ते हैं।
intake-read-alone = इसे केवल आपके चिकित्सक पढ़ते हैं, या उनकी जगह काम करने वाला सहकर्मी। इसे खाली छोड़ना ठीक है।
intake-read-shared = इसे आपके चिकित्सक पढ़ते हैं। { $name } इसे तभी पढ़ सकते हैं जब आप इसे साझा करें।
intake-read-joint = इसे आप दोनों और आपके चिकित्सक पढ़ते हैं।

## Sharing

intake-share-title = { $name } के साथ साझा करें
intake-share-lead = { $name } कोई उत्तर तभी पढ़ सकते हैं जब आप उसे यहाँ साझा करें। बाद में उसे बदलने पर वह साझा नहीं रहता।
intake-share = { $name } के साथ साझा करें
intake-unshare = साझा करना बंद करें
intake-is-shared = { $name } इसे पढ़ सकते हैं
intake-shared-title = { $name } ने आपके साथ साझा किया है
intake-differences = इसे आप दोनों अलग-अलग देखते हैं
intake-differences-hint = दोनों बातें रखी जाती हैं। आपके चिकित्सक भी इन्हें देखते हैं।
intake-by-you = आप: { $text }
intake-by-partner = { $name }: { $text }

## Fields

intake-name = नाम
intake-name-hint = जैसे आप बुलाए जाना चाहते हैं।
intake-pronouns = सर्वनाम
intake-birth = जन्म तिथि
intake-phone = फ़ोन
intake-address = डाक का पता
intake-address-hint = अगर बिल डाक से भेजे जाते हैं।
intake-zone = समय क्षेत्र
intake-language = भाषा
intake-channel = हम आपसे कैसे संपर्क कर सकते हैं?
intake-channel-hint = जो सुरक्षित है उसे चुनें। ईमेल के बिना सब कुछ यहाँ मिलेगा।
intake-channel-email = ईमेल
intake-channel-phone = फ़ोन कॉल
intake-channel-message = टेक्स्ट संदेश
intake-safe-from = इस समय से सुरक्षित
intake-safe-until = इस समय तक सुरक्षित
intake-safe-hint = खाली: किसी भी समय।
intake-others = क्या कोई और यह मेलबॉक्स पढ़ता है या यह फ़ोन खोलता है?
intake-others-no = नहीं
intake-others-yes = हाँ
intake-others-unsure = पक्का पता नहीं
intake-others-note = इसके बारे में और
intake-no-contact = मेरा कोई आपातकालीन संपर्क नहीं है
intake-contact-name = उनका नाम
intake-relation = आपसे उनका संबंध
intake-share-percent = आपका हिस्सा प्रतिशत में
intake-share-hint = 100: आप सब चुकाते हैं; 0: आप कुछ नहीं चुकाते।
intake-accepted = मुझे यह हिस्सा स्वीकार है
intake-yes = हाँ
intake-no = नहीं

## The printed form

intake-sheet-for = { $name } के लिए
intake-sheet-lead = जिसका उत्तर आप नहीं देना चाहते उसे खाली छोड़ दें। आपके चिकित्सक इसे दर्ज करते हैं; तब यह ऐसे गिना जाता है जैसे आपने इसे यहाँ लिखा हो।
intake-sheet-foot = केवल आपके और आपके चिकित्सक के लिए। कृपया इसे स्वयं सौंपें।
intake-sheet-choose = जो ठीक लगे उसे चुनें:

## The page of forms, and the portal’s first page

intake-section = शुरुआती जानकारी
