# What was just done, above a client's page.
# Needs a native reader.

## The account

notice-saved = बदलाव सहेज लिए गए।
notice-signed_out = आप साइन आउट हो चुके हैं।
notice-password_changed = पासवर्ड बदल दिया गया है। दूसरे ब्राउज़र साइन आउट कर दिए गए हैं।
notice-login_ended = वहाँ साइन आउट कर दिया गया है। उस ब्राउज़र में फिर से साइन इन करना होगा।
notice-feed_made = कैलेंडर का पता बन गया है। जिसके पास यह है, वह ये समय पढ़ सकता है।
notice-feed_stopped = कैलेंडर का पता हटा दिया गया है। इसे काम में लेने वाले कैलेंडरों को अब कुछ नहीं मिलेगा।
notice-address_saved = पता सहेज लिया गया है। अब से ईमेल इसी पर जाएँगे।
notice-address_asked = लगभग हो गया: हमने नए पते पर जो लिंक भेजा है, उसे खोलें। तब तक पुराना पता काम में लिया जाता है।
notice-address_kept = पता वैसा ही रखा गया है। कुछ नहीं बदला।

## Sessions

notice-time_taken = आपका सत्र तय हो गया है।
notice-request_saved = आपका अनुरोध सहेज लिया गया है। नीचे दिए गए समय तक किसी को नहीं बताया जाएगा।
notice-asked_partner = हमने आपके साथी से पूछा है। जब तक आप दोनों सहमत न हों, कुछ नहीं बदलेगा।
notice-asked_practice = हमने केंद्र से पूछा है। जब तक वे पक्का न करें, कुछ नहीं बदलेगा।
notice-answer_given = धन्यवाद। आपका जवाब सहेज लिया गया है।
notice-request_gone = यह अब संभव नहीं है: वह समय किसी और को मिल गया, या सत्र बदल गया है। कृपया फिर से देखें।
notice-request_withdrawn = अनुरोध वापस ले लिया गया है।
notice-please_call = यह यहाँ नहीं किया जा सकता। कृपया केंद्र को फ़ोन करें।

## Exercises and messages

notice-submitted = धन्यवाद। आपके जवाब मिल गए हैं।
notice-draft_saved = सहेज लिया गया है। आप जब चाहें, इस पर वापस आ सकते हैं।
notice-kept = आपके लिए रख लिया गया है।
notice-shared = साझा कर दिया गया है।
notice-not_shared = साझा नहीं हुआ: आपने यह उत्तर किसी दूसरे उपकरण पर बदला है। इसे पढ़ें, और फिर साझा करें।
notice-taken_back = वापस ले लिया गया है। किसी को नहीं बताया जाता।
notice-put_off = दर्ज कर लिया गया है। आपको इसकी याद नहीं दिलाई जाएगी।
notice-taken_up = यह फिर से खुला है।
notice-planned = तय हो गया है।
notice-written = संदेश भेज दिया गया है। आपके साथी इसे नहीं देख सकते।
notice-noted = हो गया।
notice-release_withdrawn = आपका हस्ताक्षर वापस ले लिया गया है। इसके द्वारा कुछ नहीं दिया जाता।
notice-release_too_late = इसे अब वापस नहीं लिया जा सकता। नीचे पढ़ें कि इसका क्या हुआ।
notice-intake_saved = सहेजा गया। जब चाहें आगे बढ़ें।

## Documents

notice-restored = वापस लाया गया। सब पहले जैसा है।
notice-not_restored = इसे वापस नहीं लाया जा सकता: इसकी जगह कुछ नया आ गया है।
notice-document_sent = दस्तावेज़ आपके थेरेपिस्ट को भेज दिया गया।
notice-document_shared = दस्तावेज़ साझा किया गया। अब आपके साथी इसे पढ़ सकते हैं।
notice-document_withdrawn = दस्तावेज़ वापस ले लिया गया।

## Forms

notice-form_signed = हस्ताक्षर हो गए। आपकी प्रति नीचे है।
notice-form_withdrawn = वापस ले लिया गया। अब से यह लागू नहीं है।
notice-form_settled = यह पहले हो चुका है।
