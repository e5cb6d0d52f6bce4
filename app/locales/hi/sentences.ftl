# Sentences that the code writes in English, such as the errors at the fields of
# forms.
# Needs a native reader.

## Text fields

sentence-too-long = अधिक से अधिक { $count } अक्षर लिखें।
sentence-one-line = इसे एक ही पंक्ति में लिखें।
sentence-number-range = { $from } से { $to } के बीच की संख्या लिखें।
sentence-shown-again = अपना लिखा हुआ जाँचें, फिर फ़ॉर्म भेजें।
sentence-few-words = कुछ शब्द लिखें।
sentence-time = कोई समय लिखें, जैसे 09:00।
sentence-own-name = अपना नाम लिखें।
sentence-choose-whom = चुनें कि यह किसके लिए है।
sentence-choose-part = दिन का कोई समय चुनें।
sentence-choose-meeting = चुनें कि कहाँ मिलना है।
sentence-choose-language = सूची में से कोई भाषा चुनें।

## Addresses and phone numbers

sentence-email = कोई ईमेल पता लिखें, जैसे name@example.org।
sentence-email-long = छोटा ईमेल पता लिखें: यह पता बहुत लंबा है, इस पर ईमेल नहीं पहुँचेगा।
sentence-email-numbers = ऐसा पता लिखें जिसके अंत में example.org जैसा नाम हो, संख्याएँ नहीं।
sentence-phone = कोई फ़ोन नंबर लिखें, जैसे +49 30 901820।
sentence-phone-long = छोटा फ़ोन नंबर लिखें: अधिक से अधिक 60 अक्षर।
sentence-forgot-empty = अपने साइन इन का नाम या ईमेल पता लिखें।

## Sign-in names and passwords

sentence-login-name = 3 से 64 अक्षर, अंक या . - _ लिखें, बिना ख़ाली जगह के।
sentence-password-short = कम से कम 10 अक्षर लिखें। एक छोटा वाक्य अच्छा रहता है।
sentence-password-blank = शुरू और अंत की ख़ाली जगह और दोहरी ख़ाली जगह नहीं गिनी जाती। कम से कम 10 और अक्षर लिखें।
sentence-password-usual = हमलावर सबसे पहले ऐसे ही पासवर्ड आज़माते हैं। चार या अधिक शब्दों का एक छोटा वाक्य लिखें।
sentence-password-own = इसमें ज़्यादातर ऐसा नाम या पता है, जो दूसरे जानते हैं। दूसरे शब्दों का एक छोटा वाक्य लिखें।
sentence-password-long = अधिक से अधिक 512 बाइट लिखें।

## Pages that say what went wrong

sentence-bad-request-title = यह पूरा नहीं पहुँचा
sentence-bad-request = अनुरोध पढ़ा नहीं जा सका। कृपया पीछे जाएँ और एक बार फिर कोशिश करें।
sentence-sign-in-title = कृपया साइन इन करें
sentence-sign-in = इसके लिए साइन इन करना ज़रूरी है।
sentence-sign-in-link = साइन इन करें
sentence-forbidden-title = यह यहाँ से नहीं आया
sentence-forbidden = आपकी सुरक्षा के लिए केवल Duologue के अपने पेजों के फ़ॉर्म लिए जाते हैं। कृपया पेज फिर से खोलें और अपना काम दोहराएँ।
sentence-conflict-title = कुछ नहीं भेजा गया
sentence-conflict = यह पेज आपके साइन इन करने से पहले, या किसी और ने खोला था। फ़ॉर्म को अपने नाम से भेजने के लिए इसे फिर से खोलें।
sentence-not-found-title = पेज नहीं मिला
sentence-not-found = यह पेज नहीं है, या आपको इसे देखने की अनुमति नहीं है।
sentence-method-title = यह यहाँ नहीं किया जा सकता
sentence-method = यह पेज है, पर इस काम के लिए नहीं।
sentence-too-large-title = यह एक साथ बहुत ज़्यादा है
sentence-too-large = आपने जो भेजा, वह फ़ॉर्म की सीमा से बड़ा है। ब्राउज़र में पीछे जाने पर आपका लिखा हुआ वापस मिल जाएगा।
sentence-too-many-title = कृपया थोड़ा रुकें
sentence-too-many = थोड़े समय में बहुत बार कोशिश हुई है। कृपया कुछ मिनट बाद फिर कोशिश करें।
sentence-busy-title = कृपया एक पल रुकें
sentence-busy = अभी काम बहुत ज़्यादा है। कुछ भी नहीं खोया: कृपया एक मिनट बाद फिर कोशिश करें।
sentence-full-title = इसे सहेजने की जगह नहीं है
sentence-full = केंद्र के कंप्यूटर में जगह नहीं बची है, इसलिए कुछ नहीं सहेजा गया। कृपया यह पेज खुला रखें, केंद्र को बताएँ, और इसे बाद में फिर भेजें।
sentence-broken-title = कुछ गड़बड़ हो गई
sentence-broken = ग़लती हमारी है, आपकी नहीं। कृपया फिर कोशिश करें; यदि ऐसा ही रहे, तो केंद्र को बताएँ।
sentence-read-only-title = अभी कुछ भी सहेजा नहीं जा सकता
sentence-read-only = केंद्र का कंप्यूटर अभी बदलाव नहीं ले रहा है, इसलिए कुछ नहीं सहेजा गया। कृपया यह पेज खुला रखें, केंद्र को बताएँ, और इसे बाद में फिर भेजें।
sentence-disk-title = केंद्र के कंप्यूटर में कोई समस्या है
sentence-disk = उसकी डिस्क ठीक से काम नहीं कर रही है, इसलिए कुछ नहीं सहेजा गया। कृपया यह पेज खुला रखें, केंद्र को बताएँ, और इसे बाद में फिर भेजें।
sentence-unreachable-title = केंद्र के आँकड़ों तक अभी पहुँचा नहीं जा सकता
sentence-unreachable = यदि आपने कुछ भेजा है, तो हो सकता है कि वह सहेजा न गया हो। कृपया यह पेज खुला रखें, एक मिनट बाद फिर कोशिश करें, और नतीजा जाँचें।
sentence-unencrypted-title = यह कनेक्शन सुरक्षित नहीं है
sentence-unencrypted = यहाँ आप साइन इन नहीं कर सकते और कुछ भेज नहीं सकते। इसकी जगह { $address } खोलें।
sentence-damaged-title = इसे पढ़ा नहीं जा सकता
sentence-home = अपने पहले पेज पर जाएँ

## A form that was sent before

sentence-signed-in-again = आप फिर से साइन इन हैं। अपना लिखा हुआ जाँचें, फिर भेजें।{ $file }
sentence-sent-before = यह फ़ॉर्म { $at } को किसी और सामग्री के साथ भेजा जा चुका है। जो आपने अभी लिखा है, वह सहेजा नहीं गया है। उसे भी सहेजने के लिए नीचे भेजें।
sentence-sent-lost = यह फ़ॉर्म भेजा जा चुका है, पर उसका जवाब नहीं मिला। फिर से भेजने से पहले जाँचें कि वह सहेजा गया है या नहीं।
sentence-sent-open = जो सहेजा गया है, उसे खोलें
sentence-sent-new = नया फ़ॉर्म खोलें

## The navigation

sentence-other-browser = कोई और ब्राउज़र
sentence-nav-home = मुख्य पेज
sentence-nav-sessions = सत्र
sentence-nav-messages = संदेश
sentence-nav-forms = फ़ॉर्म
sentence-nav-settings = सेटिंग

## Who carries what

sentence-share-0 = पूरा मैं
sentence-share-1 = ज़्यादातर मैं
sentence-share-2 = दोनों बराबर
sentence-share-3 = ज़्यादातर मेरे साथी
sentence-share-4 = पूरा मेरे साथी

## Answers to the steps of an exercise

sentence-place-each = हर पंक्ति के लिए एक जगह चुनें।
sentence-rank-each = हर पंक्ति को एक स्थान दें।
sentence-rank-twice = दो पंक्तियों का स्थान एक ही है। हर एक को अलग स्थान दें।
sentence-give-day = दिन लिखें।
sentence-guess = अपना अनुमान लिखें।
sentence-rate-each = हर पंक्ति के लिए एक संख्या चुनें।
sentence-rate = एक संख्या चुनें।
sentence-pick = कोई एक चुनें।
sentence-share-each = हर पंक्ति के लिए बताएँ कि वह किसके ज़िम्मे है।
sentence-heard = बताएँ कि आपको कितना लगा कि आपकी बात सुनी गई।
sentence-did-it = बताएँ कि आपने यह किया या नहीं, या बीच में क्या आ गया।
sentence-tick = जो ठीक हो, उस पर निशान लगाएँ, या अपनी ओर से लिखें।
sentence-log-entry = कम से कम एक प्रविष्टि लिखें।
sentence-minutes = मिनट लिखें, अधिक से अधिक 600।
sentence-own-answer = अपना जवाब लिखें, या कोई और चुनें।
sentence-version-each = हर पंक्ति को अपने शब्दों में लिखें।
sentence-version = इस पंक्ति को अपने शब्दों में लिखें।
sentence-answer-long = यह { $count } अक्षरों से लंबा है। सब कुछ सुरक्षित है; पूरा करने से पहले इसे छोटा करें।
sentence-written-elsewhere = आपने किसी और डिवाइस या विंडो में भी लिखा है। दोनों अब यहाँ हैं, और सुरक्षित हैं: कृपया देखें, फिर पूरा करें।
sentence-no-longer-open = यह अभ्यास अब खुला नहीं है, इसलिए यहाँ और कुछ सहेजा नहीं जा सकता। जो रखना चाहें, उसे कॉपी कर लें।

## Plans and agreements

sentence-plan-typed = आपने समय लिखा है, पर वह अभी सहेजा नहीं गया है। योजना सहेजें, या जगहें ख़ाली करें।
sentence-plan-when = दिन और समय लिखें, जैसे 20:00।
sentence-plan-skipped = उस रात घड़ियाँ इस समय को छोड़ देती हैं। कोई और समय चुनें।
sentence-plan-past = यह समय बीत चुका है।
sentence-plan-changed = इस बीच यह बदल गया है, किसी और विंडो में या आपके साथी ने बदला। इसे ऊपर देखा जा सकता है।
sentence-agreement-typed = आपने कुछ शब्द लिखे हैं, पर वे अभी सुझाए नहीं गए हैं। उन्हें सुझाएँ, या जगह ख़ाली करें।
sentence-agreement-changed = इस बीच यह बदल दिया गया: अब यह जैसा है, वह ऊपर है। आपका लिखा हुआ अब भी यहाँ है।
sentence-agreement-unfit = कुछ शब्द लिखें, अधिक से अधिक 10,000 अक्षर।

## Safe hours and preferred times

sentence-hours-empty = ये समय ख़ाली हैं: अंत का समय बाद का लिखें।
sentence-hours-both = दोनों समय लिखें, या कोई भी नहीं।
sentence-choose-three = तीनों में से कोई एक चुनें।
sentence-nudge-within = { $from } और { $until } के बीच का कोई समय चुनें, जब हम आपको लिख सकते हैं।
sentence-hours-span = “{ $part }” समय की अवधि नहीं है। समय ऐसे लिखें: 9:00–12:30, 14:00–18:00।
sentence-zone = सूची में से कोई समय क्षेत्र चुनें, जैसे London।

## How often an exercise repeats

sentence-every-day = हर दिन
sentence-every-week = हर हफ़्ते
sentence-every-two-weeks = हर दो हफ़्ते में
sentence-every-days = हर { $count } दिन में

## Further pages of lists

sentence-pager-first-exercises = पहले अभ्यास
sentence-pager-more-exercises = और अभ्यास
sentence-pager-newest = सबसे नए
sentence-pager-older = और पुराने
sentence-pager-next-sessions = अगले सत्र
sentence-pager-later-sessions = बाद के सत्र
sentence-pager-latest-messages = सबसे नए संदेश
sentence-pager-earlier-messages = पहले के संदेश
sentence-pager-latest-requests = सबसे नए अनुरोध
sentence-pager-earlier-requests = पहले के अनुरोध

## The intake

sentence-intake-answer = इस प्रश्न का उत्तर दें।
sentence-intake-date = कोई तारीख लिखें।
sentence-intake-choose-one = इनमें से एक चुनें।
sentence-intake-choose-some = इनमें से कम से कम एक चुनें।
sentence-intake-name = कोई नाम लिखें।
sentence-intake-birth = अपनी जन्म तिथि लिखें।
sentence-intake-phone = कोई फ़ोन नंबर लिखें।
sentence-intake-language = कृपया सूची से कोई भाषा चुनें।
sentence-intake-emergency = कोई नाम लिखें, या चुनें कि कोई नहीं है।
sentence-intake-share = अपना हिस्सा स्वीकार करने के लिए इसे चुनें।
sentence-intake-some = इनमें से कम से कम एक का उत्तर दें।

## Signing

sentence-consent-agree = सहमत होने के लिए निशान लगाएँ।
sentence-consent-name = अपना नाम लिखें।
