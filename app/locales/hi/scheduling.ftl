# Asking for a first session, replies to reminders, and a client's own sessions.
# Needs a native reader.

## A first session

inquire-title = पहली मुलाक़ात
inquire-heading = पहली मुलाक़ात के लिए अनुरोध करें
inquire-lead = { $practice } आपको लिखकर या फ़ोन करके समय बताएगा। आने का कारण बताने की ज़रूरत नहीं है।
inquire-name = आपका नाम
inquire-email = आपका ईमेल पता
inquire-email-hint = पहले हम वहाँ एक लिंक भेजेंगे, ताकि पक्का हो कि पता आपका है।
inquire-phone = आपका फ़ोन नंबर
inquire-couple = दो लोगों के लिए
inquire-alone = केवल मेरे लिए
inquire-button = भेजें
inquire-kind = किसके लिए?
inquire-meeting = कहाँ?
inquire-part = आपके लिए कौन सा समय ठीक रहेगा?
inquire-too-many = यहाँ से बहुत बार कोशिश हो चुकी है। एक घंटा रुकें, या फ़ोन करें।
inquire-sent = अपना ईमेल देखें
inquire-sent-text = हमने उस पते पर एक लिंक भेजा है। उसे तीन दिन के भीतर खोलें, ताकि हमें पता हो कि हम आपको लिख सकते हैं। तब तक यहाँ कोई नहीं देखता कि आपने क्या भेजा है।
inquire-confirm = क्या यह आपका पता है?
inquire-confirm-text = एक बार दबाएँ, और पहली मुलाक़ात का आपका अनुरोध हमें मिल जाएगा।
inquire-confirm-button = हाँ, यह मेरा है
inquire-confirmed = धन्यवाद
inquire-confirmed-text = आपका अनुरोध हमें मिल गया है। जैसे ही कोई ठीक समय होगा, हम आपको लिखेंगे या फ़ोन करेंगे।
inquire-gone = यह तीन दिन तक काम करता है। आप फिर से अनुरोध कर सकते हैं।

meeting-wish-any = दोनों में से कुछ भी
meeting-wish-room = केंद्र पर
meeting-wish-online = ऑनलाइन

day-part-any = दिन में कभी भी
day-part-morning = सुबह, 12:00 तक
day-part-afternoon = दोपहर में, 12:00 से 17:00
day-part-evening = शाम को, 17:00 से

## Replies to a reminder

reply-title = आपका अपॉइंटमेंट
reply-coming-both = हम दोनों आ रहे हैं
reply-coming-one = मेरा आना तय है
reply-alone = केवल मेरा आना संभव है
reply-another-both = हमें कोई और समय चाहिए
reply-another-one = मुझे कोई और समय चाहिए
reply-press = कृपया जो सही हो, उसे दबाएँ। उससे पहले कुछ भी नहीं भेजा जाता।
reply-said = आपने बताया: “{ $reply }”। इसे बदला जा सकता है।
reply-thanks = धन्यवाद
reply-not-right = यह सही नहीं है?
reply-noted-coming = हमने इसे दर्ज कर लिया है। आपको और कुछ नहीं करना है।
reply-noted-alone = हमने दर्ज कर लिया है कि केवल आपका आना संभव है, और आगे क्या ठीक रहेगा, इस बारे में आपसे संपर्क करेंगे।
reply-noted-another = हमने दर्ज कर लिया है कि कोई और समय चाहिए, और आपसे संपर्क करेंगे। तब तक अपॉइंटमेंट का समय वही रहता है।
reply-soon = समय कम है: कृपया फ़ोन भी करें, ताकि हमें समय रहते पता चल जाए।
reply-choose-time = ख़ाली समय ख़ुद भी चुना जा सकता है: <a>अपने पेज पर</a>।
reply-over = यह समय बदल गया है
reply-over-text = यह लिंक ऐसे अपॉइंटमेंट का है जिसका समय बदला गया, जिसे रद्द किया गया या जो बीत चुका है। सही समय आपके सबसे नए ईमेल में है, और आपके अपने पेज पर भी।
reply-open-page = मेरा पेज खोलें

## Stopping a kind of email

unsubscribe-title = ईमेल
unsubscribe-heading = ये ईमेल अब नहीं चाहिए?
unsubscribe-reminders = एक बार दबाएँ, और हम आपको अपॉइंटमेंट की याद दिलाने वाले ईमेल नहीं भेजेंगे। जो तय हुआ है, वह वैसा ही रहेगा।
unsubscribe-nudges = एक बार दबाएँ, और हम आपको पेज पर जो नया है, उसकी याद दिलाने वाले ईमेल नहीं भेजेंगे। जो तय हुआ है, वह वैसा ही रहेगा।
unsubscribe-button = ये ईमेल अब न भेजें
unsubscribe-done = हो गया
unsubscribe-done-reminders = अब हम आपको अपॉइंटमेंट की याद दिलाने वाले ईमेल नहीं भेजेंगे।
unsubscribe-done-nudges = अब हम आपको पेज पर जो नया है, उसकी याद दिलाने वाले ईमेल नहीं भेजेंगे।
unsubscribe-again = इन्हें फिर कभी भी चालू किया जा सकता है: अपने पेज पर, “सेटिंग” के अंतर्गत।
unsubscribe-unknown = यह लिंक काम नहीं करता
unsubscribe-unknown-text = अपने पेज पर, “सेटिंग” के अंतर्गत, आप चुनते हैं कि हम आपको लिखें या नहीं, और कब।
unsubscribe-open-page = मेरा पेज खोलें

## A client's own sessions

sessions-title = सत्र
session-title = आपका सत्र
session-zone = { $city } का समय, { $offset }
session-elsewhere = { $city } में { $time }

request-book-own = आपने { $at } को { $therapist } के साथ सत्र माँगा है।
request-book-other = { $name } { $at } को { $therapist } के साथ सत्र चाहते हैं।
request-move-own = आपने { $from } की जगह { $at } माँगा है।
request-move-other = { $name } { $from } की जगह { $at } चाहते हैं।
request-alone = आपने केंद्र को बताया है कि { $at } को केवल आपका आना संभव है।
request-works = क्या यह आपके लिए ठीक है?
request-unconfirmed = केंद्र को इसे अभी पक्का करना है।
request-declined = यह संभव नहीं है। कृपया कोई और समय चुनें, या फ़ोन करें।
request-will-ask = हम { $at } पर { $partner } से पूछेंगे। तब तक आप इसे वापस ले सकते हैं, और किसी को नहीं बताया जाएगा।
request-asked = हमने { $partner } से पूछा है। जब तक आप दोनों सहमत न हों, कुछ नहीं बदलेगा।
request-will-tell = हम { $at } पर केंद्र को बताएँगे। तब तक आप इसे वापस ले सकते हैं, और किसी को नहीं बताया जाएगा।
request-told = हमने केंद्र से पूछा है। जब तक वे पक्का न करें, कुछ नहीं बदलेगा।

times-title = समय चुनें
times-move = कोई और समय माँगें
times-new = सत्र माँगें
times-lead = ख़ाली समय। सभी समय { $city } के हैं।
times-lead-with = { $therapist } के ख़ाली समय। सभी समय { $city } के हैं।

review-title = आपका अनुरोध
review-facts = { $therapist } के साथ। सभी समय { $city } के हैं।
review-facts-now = अभी: { $now }। { $therapist } के साथ। सभी समय { $city } के हैं।
review-move = { $when } पर बदलें?
review-move-button = सत्र का समय बदलें
review-book = { $when } का सत्र तय करें?
review-book-button = सत्र तय करें
review-partner-move = { $partner } से { $when } पर बदलने के लिए पूछें?
review-partner-book = { $partner } से { $when } के सत्र के लिए पूछें?
review-ask-partner = { $partner } से पूछें
review-practice-move = केंद्र से { $when } पर बदलने के लिए पूछें?
review-practice-book = केंद्र से { $when } के सत्र के लिए पूछें?
review-ask-practice = केंद्र से पूछें
review-at-once = बदलाव तुरंत हो जाएगा।
review-until-both = जब तक आप दोनों सहमत न हों, कुछ नहीं बदलेगा।
review-until-both-and-practice = जब तक आप दोनों सहमत न हों और केंद्र पक्का न करे, कुछ नहीं बदलेगा।
review-until-practice = जब तक केंद्र पक्का न करे, कुछ नहीं बदलेगा।
review-take-back-partner = { $partner } को बताए जाने से पहले आप इसे { $minutes } मिनट तक वापस ले सकते हैं।
review-take-back-practice = केंद्र को बताए जाने से पहले आप इसे { $minutes } मिनट तक वापस ले सकते हैं।

sessions-next = आपका अगला सत्र
sessions-next-line = अगला सत्र
sessions-later = बाद के सत्र
sessions-change = समय बदलें या रद्द करें
sessions-ask = { $therapist } के साथ सत्र माँगें
sessions-call = केंद्र को फ़ोन करें
sessions-none = अभी कोई सत्र तय नहीं है।
sessions-none-yet = अभी कोई सत्र तय नहीं है। केंद्र आपसे संपर्क करेगा।
sessions-online = ऑनलाइन कमरा खोलें
sessions-for-both = आप दोनों के लिए
sessions-for-you = केवल आपके लिए
sessions-with = { $therapist } के साथ
requests-title = आपके सत्रों के बारे में
request-yes = हाँ, मेरे लिए ठीक है
request-no = नहीं, ठीक नहीं है
request-take-back = वापस लें
request-withdraw = अनुरोध वापस लें

session-when = कब और कहाँ
session-options = आप क्या कर सकते हैं
session-said = आपने बताया: “{ $reply }”।
session-alone-text = केंद्र आपके साथ मिलकर तय करेगा कि क्या ठीक है: आपसे अकेले मिलना, या दोनों के लिए कोई और समय।
session-alone-tell = केंद्र को बताएँ
session-cancel = यह सत्र रद्द करें
session-cancel-both = इससे सत्र आप दोनों के लिए रद्द हो जाएगा। हम { $partner } को बताएँगे।
session-cancel-one = इससे सत्र रद्द हो जाएगा। हम केंद्र को बताएँगे।
session-cancel-button = सत्र रद्द करें
session-late = समय बदलने या रद्द करने के लिए कृपया फ़ोन करें। यहाँ आप यह { $hours } घंटे पहले तक कर सकते हैं, यदि आपका केंद्र इसकी सुविधा देता है।
session-back = आपके सत्रों पर वापस

times-none = { $until } तक कोई ख़ाली समय नहीं है। कृपया केंद्र को फ़ोन करें।
times-until = आप { $until } तक के समय माँग सकते हैं।
times-earlier = पहले के समय
times-later = बाद के समय
times-more = और समय
review-another = कोई और समय चुनें
