# Signing in, invitations, passwords, and the account page.
# Needs a native reader.

## Signing in

sign-in-title = साइन इन
sign-in-name = साइन इन का नाम
sign-in-password = पासवर्ड
sign-in-button = साइन इन करें
sign-in-forgot = पासवर्ड या नाम याद नहीं है
sign-in-new = पहली बार आए हैं? <a>पहली मुलाक़ात के लिए अनुरोध करें</a>
sign-in-ended = आप साइन आउट हो गए थे। जहाँ छोड़ा था, वहीं से आगे बढ़ने के लिए साइन इन करें।
sign-in-ended-kept = आप साइन आउट हो गए थे, इसलिए कुछ नहीं भेजा गया। आपका लिखा हुआ सुरक्षित है: साइन इन करें, वह फ़ॉर्म में वापस मिल जाएगा।
sign-in-ended-kept-without-file = आप साइन आउट हो गए थे, इसलिए कुछ नहीं भेजा गया। आपका लिखा हुआ सुरक्षित है: साइन इन करें, वह फ़ॉर्म में वापस मिल जाएगा। फिर अपनी फ़ाइल दोबारा चुनें।
sign-in-ended-lost = आप साइन आउट हो गए थे, इसलिए कुछ नहीं भेजा गया। आपका लिखा हुआ यहाँ नहीं रखा जा सकता: ब्राउज़र में पीछे जाएँ, उसे कॉपी करें, फिर साइन इन करें।
sign-in-wrong = साइन इन का नाम या पासवर्ड ग़लत है। दोनों को जाँचें, या नया पासवर्ड चुनने के लिए लिंक माँगें।
sign-in-too-many = यहाँ से बहुत बार कोशिश हो चुकी है। पंद्रह मिनट रुकें, फिर दोबारा कोशिश करें।
sign-in-demo = नमूने का केंद्र
sign-in-demo-people = यहाँ के सभी लोग काल्पनिक हैं। इनमें से किसी के रूप में देखें:
sign-in-demo-emails = यहाँ से भेजे गए ईमेल

typed-title = आपने जो लिखा
typed-copy = जो चाहिए, उसे यहाँ से कॉपी कर लें: यह पेज सहेजा नहीं जाता।

## A forgotten password

forgot-title = पासवर्ड भूल गए?
forgot-heading = नया पासवर्ड
forgot-lead = हमारे पास आपका जो ईमेल पता है, हम उस पर एक लिंक भेजेंगे।
forgot-name = साइन इन का नाम या आपका ईमेल पता
forgot-button = लिंक भेजें
forgot-sent = अपना ईमेल देखें
forgot-sent-text = यदि यह नाम या पता हमारे पास है, तो हमारे पास के पते पर एक लिंक भेजा जा रहा है। वह एक घंटे तक काम करेगा, और उसमें आपके साइन इन का नाम भी लिखा होगा।
forgot-sent-nothing = कुछ नहीं मिला? स्पैम फ़ोल्डर देखें, या केंद्र से नया निमंत्रण माँगें।
forgot-back = साइन इन पर वापस

reset-title = नया पासवर्ड
reset-heading = नया पासवर्ड चुनें
reset-lead = आप <strong>{ $name }</strong> नाम से साइन इन करते हैं। जिन ब्राउज़रों में आप अभी साइन इन हैं, वे सब साइन आउट हो जाएँगे।
reset-password = नया पासवर्ड
reset-button = पासवर्ड सहेजें

password-hint = कम से कम 10 अक्षर। एक छोटा वाक्य अच्छा रहता है।

link-gone = यह लिंक अब मान्य नहीं है
link-gone-heading = यह लिंक अब काम नहीं करता
reset-gone = हर लिंक एक बार, एक घंटे तक काम करता है।
reset-gone-again = नया लिंक माँगें
invitation-gone = हर निमंत्रण एक बार, सात दिन तक काम करता है। यदि आप पासवर्ड चुन चुके हैं, तो साइन इन करें। नहीं तो केंद्र से नया लिंक माँगें।

## The invitation

invitation-title = स्वागत है
invitation-heading = स्वागत है, { $name }
invitation-lead = { $practice } ने आपको निमंत्रण दिया है। यह लिंक केवल { $name } के लिए है।
invitation-client = यहाँ आप अपना पासवर्ड चुनते हैं। यह पहुँच केवल आपकी है: जो आप अपने तक रखते हैं, उसे कोई और नहीं देखता।
invitation-staff = यहाँ आप अपना पासवर्ड चुनते हैं। फिर आप शुरू कर सकते हैं।
invitation-name = साइन इन का नाम
invitation-name-hint = अक्षर, अंक और . - _, बिना ख़ाली जगह के।
invitation-password = पासवर्ड
invitation-button = शुरू करें
invitation-name-taken = यह नाम पहले से किसी और का है। कोई दूसरा नाम चुनें।

## The account page

account-title = आपका खाता
account-tab-profile = प्रोफ़ाइल
account-tab-security = सुरक्षा
account-tab-feed = कैलेंडर फ़ीड

account-name = नाम
account-login-name = साइन इन का नाम
account-email = ईमेल
account-email-none = कोई नहीं

account-language = भाषा
account-language-hint = आपके पेजों और ईमेल के लिए।
account-language-field = आपकी भाषा
account-language-save = भाषा सहेजें

account-zone = समय क्षेत्र
account-zone-hint = आपको समय इसी क्षेत्र में दिखाया जाता है, उसके नाम के साथ।
account-zone-field = आपका समय क्षेत्र
account-zone-save = समय क्षेत्र सहेजें

account-password = पासवर्ड
account-password-current = आपका अभी का पासवर्ड
account-password-new = नया पासवर्ड
account-password-hint = कम से कम 10 अक्षर। दूसरे ब्राउज़र साइन आउट हो जाएँगे।
account-password-save = पासवर्ड बदलें
account-password-wrong = यह आपका अभी का पासवर्ड नहीं है।
account-password-too-many = बहुत बार कोशिश हो चुकी है। पंद्रह मिनट रुकें।

account-logins = इनमें साइन इन है
account-login-this = यह ब्राउज़र
account-login-used = { $since } से, पिछली बार { $used } को
account-login-end = साइन आउट करें
account-login-several = { $device }, { $count } बार साइन इन
account-login-end-rest = बाक़ी को साइन आउट करें
account-logins-end = बाक़ी सब जगह साइन आउट करें

account-feed = आपका कैलेंडर
account-feed-staff = आपके सत्र, आपके फ़ोन या कंप्यूटर के कैलेंडर में।
account-feed-client = आपके अपॉइंटमेंट, आपके फ़ोन या कंप्यूटर के कैलेंडर में। हर प्रविष्टि में “Appointment”, समय और ऑनलाइन मुलाक़ात का लिंक होता है।
account-feed-key = जिसके पास यह पता है, वह बिना साइन इन किए इसे पढ़ सकता है। इसे चाबी की तरह सँभालें, और शक हो तो इसे बंद कर दें।
account-feed-address = इस पते की सदस्यता लें
account-feed-made = { $made } को बना; अभी तक पढ़ा नहीं गया।
account-feed-read = { $made } को बना; पिछली बार लगभग { $read } को पढ़ा गया।
account-feed-stop = यह पता बंद करें
account-feed-make = पता बनाएँ
account-feed-make-new = नया पता बनाएँ
account-feed-instead = ऊपर वाला पता काम करना बंद कर देगा।
account-feed-wording = प्रविष्टि में क्या लिखा हो
account-feed-wording-hint = कैलेंडर अक्सर परिवार या दफ़्तर के साथ साझा होते हैं।

## The email address of a person who signs in

address-title = ईमेल
address-hint = अपॉइंटमेंट, याद दिलाने वाले ईमेल और नए पासवर्ड के लिंक इस पते पर जाते हैं। इसे केवल आप बदल सकते हैं। नया पता आपके पक्का करने के बाद काम में आता है।
address-hint-staff = नए पासवर्ड का लिंक इस पते पर जाता है। इसे केवल आप बदल सकते हैं। नया पता आपके पक्का करने के बाद काम में आता है।
address-field = आपका ईमेल पता
address-password = आपका पासवर्ड
address-save = पता सहेजें
address-none = हमारे पास आपका कोई पता नहीं है। सब कुछ यहाँ आपके पेज पर मिलेगा।
address-in-use = हम { $email } पर लिखते हैं।
address-unconfirmed = हम { $email } पर लिखते हैं। यह पता अभी पक्का नहीं किया गया है: इसे नीचे सहेजें, और हम आपको एक लिंक भेजेंगे।
address-returned = ईमेल लौट आते हैं
address-returned-text = इस पते पर भेजे गए ईमेल नहीं पहुँचे। कोई दूसरा पता लिखें।
address-pending = { $email } अभी पक्का नहीं हुआ है। हमने वहाँ एक लिंक भेजा है: उसे { $until } तक खोलें। तब तक हम आपका पुराना पता काम में लेते हैं।
address-pending-unsent = { $email } अभी पक्का नहीं हुआ है। यहाँ से ईमेल नहीं भेजे जाते: { $until } तक केंद्र से लिंक माँगें। तब तक हम आपका पुराना पता काम में लेते हैं।
address-pending-cancel = बदलाव रद्द करें
address-suggested = { $by } का सुझाव है: { $email }। इसे काम में लेने के लिए नीचे अपना पासवर्ड लिखें और सहेजें।
address-suggested-practice = केंद्र का सुझाव है: { $email }। इसे काम में लेने के लिए नीचे अपना पासवर्ड लिखें और सहेजें।
address-keep = मेरा पता रहने दें
address-too-many = अभी इसे बहुत बार बदला गया है। एक घंटा रुकें, फिर दोबारा कोशिश करें।

new-address-title = आपका नया पता
new-address-question = क्या हम अब से { $email } काम में लें?
new-address-confirm = पता पक्का करें
new-address-gone = यह पहले खोला जा चुका है, इसकी जगह नया लिंक आ चुका है, या इसका समय बीत चुका है। यह केवल उसी खाते के लिए काम करता है जिसने इसे माँगा था।
new-address-account = अपने खाते पर जाएँ

# What happened to an account, in an email to staff.
account-event-new_browser = ऐसे ब्राउज़र से साइन-इन, जो पहले इस्तेमाल नहीं हुआ था
account-event-wrong_password = गलत पासवर्ड
account-event-wrong_code = सही पासवर्ड के साथ गलत कोड
account-event-recovery_code_used = रिकवरी कोड से साइन-इन
account-event-app_set_up = दो-चरणीय साइन-इन चालू किया गया
account-event-app_removed = दो-चरणीय साइन-इन बंद किया गया
account-event-app_reset = दो-चरणीय साइन-इन रीसेट किया गया
account-event-recovery_codes_renewed = नए रिकवरी कोड बनाए गए
