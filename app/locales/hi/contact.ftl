# How the practice may contact a client, and the times that suit them.
# Needs a native reader.

## Notifications

contact-title = सूचनाएँ
contact-lead = आप जो भी चुनें, आपके साथी को यह नहीं दिखता। हमारे ईमेल समय और जगह के अलावा कभी नहीं बताते कि वे किस बारे में हैं।
contact-portal-only = मुझे कोई ईमेल न भेजें
contact-portal-only-hint = सब कुछ यहाँ फिर भी मिलेगा।
contact-reminders = सत्र से पहले याद दिलाएँ
contact-reminders-hint = सत्र का समय बदलने या रद्द होने पर हर हाल में बताया जाता है, यदि ईमेल की अनुमति हो।
contact-nudges = अभ्यासों और योजनाओं की याद दिलाएँ
contact-nudges-hint = अधिक से अधिक दो बार, और कभी यह बताए बिना कि किस बारे में।
contact-alone = जो मैं अकेले करूँ, उसके ईमेल
contact-alone-hint = वे सत्र, अभ्यास और संदेश जो केवल आपके हैं।
alone-mail-unshared = ईमेल से, यदि यह पता यहाँ किसी और का भी न हो
alone-mail-portal_only = ईमेल से कभी नहीं: केवल पोर्टल में
alone-mail-address = ईमेल से, चाहे यह पता कोई और भी पढ़ता हो
contact-when = मुझे ईमेल कब भेजें
contact-leads = सत्र की याद कब दिलाएँ
contact-leads-hint = ख़ाली छोड़ें, तो केंद्र का चुना हुआ समय रहेगा।
lead-days =
    { $count ->
        [7] एक हफ़्ता पहले
       *[other] { $count } दिन पहले
    }
lead-hours =
    { $count ->
        [one] { $count } घंटा पहले
       *[other] { $count } घंटे पहले
    }
contact-nudge-at = अभ्यासों की याद दिलाने का समय
contact-nudge-at-hint = आपका स्थानीय समय
contact-safe-from = ईमेल केवल इस समय से भेजें
contact-safe-from-hint = आपका स्थानीय समय। किसी भी समय के लिए दोनों ख़ाली छोड़ें।
contact-safe-until = ईमेल केवल इस समय तक भेजें
contact-save = सूचनाएँ सहेजें

## Times that suit

wish-title = मेरे लिए ठीक समय
wish-lead = इसे कोई नहीं देख सकता, आपके साथी भी नहीं। यह केवल उन समयों को छाँटता है, जो हम आपको दिखाते हैं।
wish-parts = मैं इन समयों पर आना चाहूँगा/चाहूँगी
wish-parts-hint = { $city } का समय। यदि कोई भी समय ठीक हो, तो सब ख़ाली छोड़ें।
week-part-weekday_mornings = सोमवार से शुक्रवार, सुबह (08:00–12:00)
week-part-weekday_afternoons = सोमवार से शुक्रवार, दोपहर (12:00–17:00)
week-part-weekday_evenings = सोमवार से शुक्रवार, शाम (17:00–21:00)
week-part-saturdays = शनिवार (09:00–18:00)
wish-other = दूसरे समय
wish-other-hint = समय ऐसे लिखें: 9:00–12:30, 17:00–20:00। ये ऊपर चुने हुए समयों में जुड़ते हैं।
wish-save = समय सहेजें
