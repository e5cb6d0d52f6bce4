# Exercises: the fields of each kind of step, worksheets, answers, plans and
# agreements. The texts of the exercises themselves are in the library.
# Needs a native reader.

## Who reads an answer

your-partner = आपके साथी
readers-label = इसे पढ़ सकते हैं:
readers-mine = केवल आप
readers-therapist = आप और { $therapist }
readers-reveal = आप और { $therapist }, और आप दोनों के जवाब देने के बाद { $partner } भी
readers-couple = आप, { $partner } और { $therapist }

## The fields of steps

step-optional = (यदि आप चाहें)
step-leave-open = मैं इसे ख़ाली छोड़ता/छोड़ती हूँ
step-something-else = कुछ और:
step-own = कुछ अपनी ओर से:
step-own-label = कुछ अपनी ओर से
step-own-instead = कुछ और, अपने शब्दों में
step-one-each-line = हर पंक्ति में एक।
step-both-only = इसमें से { $partner } को केवल वही दिखाया जाता है, जो आप दोनों ने “{ $bucket }” में रखा है, और कुछ भी नहीं, कभी नहीं।
step-both-only-partner = इसमें से आपके साथी को केवल वही दिखाया जाता है, जो आप दोनों ने “{ $bucket }” में रखा है, और कुछ भी नहीं, कभी नहीं।
step-place = स्थान
step-rewrite-label = आपके कहने का तरीक़ा:
step-log-what = क्या
step-log-day = दिन
step-log-text = कुछ शब्दों में
step-log-entry = प्रविष्टि { $number }
step-log-new = नई प्रविष्टि
step-log-how = { $days } दिनों में, जब भी कुछ हो। बाद के लिए सहेजें और फिर आएँ: और लिखने की जगह हमेशा रहती है। दिन पूरे होने पर इसे भेजें।
step-seconds = { $seconds } सेकंड
step-minutes = { $minutes } मिनट
step-minutes-seconds = { $minutes } मिनट और { $seconds } सेकंड
step-timer-both = { $length }, आप दोनों।
step-timer-alone = { $length }।
step-timer-done = हमने यह अपने तरीक़े से किया
step-timer-minutes = लगभग कितने मिनट?
step-timer-note = कैसा रहा, या बीच में क्या आ गया?
step-card = कार्ड { $number }
step-felt = आपको कितना लगा कि आपकी बात सुनी गई?
step-felt-low = 0 = बिल्कुल नहीं
step-felt-high = 10 = पूरी तरह
step-stays = आपके साथ क्या रह जाता है?
step-agreement-later = इसे आप दोनों साथ मिलकर इसी पेज पर लिखेंगे, जब दोनों जवाब दे चुके हों।
step-agreement-below = इसे आप दोनों साथ मिलकर इस पेज के अंत में लिखते हैं।
step-plan-later = इसे आप इसी पेज पर तय करेंगे, जब दोनों जवाब दे चुके हों।
step-plan-below = इसे आप इस पेज के अंत में तय करते हैं।

## On paper

paper-ring-number = हर एक के लिए एक संख्या पर गोला बनाएँ।
paper-ring-one = हर एक के लिए एक पर गोला बनाएँ।
paper-rank = पहले के पास 1 लिखें, अगले के पास 2, और इसी तरह आगे।
paper-log-sorts = प्रविष्टियों के प्रकार: { $sorts }
paper-timer = { $minutes } मिनट तक।
paper-cards = निकालने के लिए कार्ड:
paper-turn = { $turn } ({ $seconds } से.)
paper-agreement = हम दोनों इन शब्दों से सहमत हैं:
paper-day = दिन:
paper-time = समय:

## Answers beside each other

answers-none = अभी कोई जवाब नहीं।
answers-line = पंक्ति
answers-answer = जवाब
answers-difference = अंतर
difference-none = एक जैसा
difference-other = एक जैसा नहीं
difference-apart = { $count } का अंतर
difference-places =
    { $count ->
        [one] { $count } स्थान का अंतर
       *[other] { $count } स्थानों का अंतर
    }

## An exercise

exercise-save = सहेजें
exercise-nearly = लगभग हो गया
exercise-nearly-text = अभी भेजा नहीं गया है। आपका लिखा हुआ सब सुरक्षित है; पहले इसे एक बार फिर देखें:
exercise-kept = आपका लिखा हुआ सब सुरक्षित है।
mode-one = यह केवल आपके लिए है।
mode-together = इसे साथ मिलकर करें, और जो आपको ठीक लगे, वह लिख लें।
mode-alone = आप दोनों इसे अलग-अलग करते हैं।
mode-reveal = आप दोनों इसे अलग-अलग करते हैं। दोनों के जवाब देने के बाद इसका कुछ हिस्सा आप दोनों के लिए खुल जाता है।

## Plans

plan-when = दिन और समय
plan-another = कोई और समय
plan-day = दिन
plan-time = समय ({ $zone })
plan-save = योजना सहेजें
plan-move = योजना का समय बदलें
plan-drop = योजना रद्द करें
plan-kept = हमने यह किया
plan-missed = यह नहीं हो पाया
plan-set-by = { $name } ने तय किया
plan-before = पहले के

## Agreements

agreement-first = पहले शब्द
agreement-another = दूसरे शब्द
agreement-suggest = ये शब्द सुझाएँ
agreement-accept = मैं इन शब्दों से सहमत हूँ
agreement-unaccept = मैं अब इससे सहमत नहीं हूँ
agreement-agrees = { $name } सहमत हैं
agreement-agreed = आप दोनों इससे सहमत हैं। यदि आप एक भी शब्द बदलें, तो दोनों से फिर पूछा जाएगा।
agreement-not-yet = जब आप दोनों इन शब्दों के लिए हाँ कह देंगे, तब यह तय होगा।

## A client's own exercises

own-today = आज
own-none = अभी कुछ करने को नहीं है। अगले सत्र के बाद आपके थेरेपिस्ट कुछ जोड़ सकते हैं।
own-begun = पहले शुरू किए हुए
own-begun-hint = चाहें तो पूरा करें, या रहने दें।
own-done = पूरे हुए
own-earlier = और पहले के
own-together =
    { $count ->
        [one] आप दोनों ने साथ में { $count } अभ्यास किया है।
       *[other] आप दोनों ने साथ में { $count } अभ्यास किए हैं।
    }
own-begin = शुरू करें
own-continue = आगे बढ़ें
own-read = पढ़ें
own-read-draft = अपना लिखा हुआ पढ़ें
own-act = { $act }: { $title }
own-something = कुछ पढ़ने के लिए
own-started = शुरू किया हुआ
own-not-now = अभी नहीं
own-opened = इसे आप दोनों पढ़ सकते हैं
own-planned = { $when } के लिए तय है।
own-about = लगभग { $minutes } मिनट
plan-at = { $when }, { $city } का समय
plan-elsewhere = { $city } में { $time }, जहाँ यह तय किया गया
plan-for-both = आप दोनों के लिए: आप दोनों इसे देखते हैं, तय कर सकते हैं और बदल सकते हैं।
plan-for-you = केवल आपके लिए।
plan-for-therapist = आपके लिए; { $therapist } भी इसे देखते हैं।
your-therapist = आपके थेरेपिस्ट

## When an exercise is due

due-withdrawn = वापस ले लिया गया; आपका लिखा हुआ सुरक्षित है
due-whenever = जब आपको ठीक लगे
due-today = आज
due-day = { $day } तक
due-before = { $when } से पहले
due-next-session = अगले सत्र से पहले

## Answering an exercise

exercise-about = लगभग { $minutes } मिनट।
exercise-step = चरण { $at }, कुल { $all }
exercise-save-later = बाद के लिए सहेजें
exercise-send = भेजें
exercise-keep = हो गया, मेरे लिए रखें
exercise-write-about = इसके बारे में { $therapist } को लिखें
exercise-withdrawn = { $therapist } ने इसे वापस ले लिया है, इसलिए यहाँ और कुछ नहीं करना है। आपने जो शुरू किया था, वह नीचे है, केवल आपके लिए।
exercise-repeats = यह { $rhythm } दोहराया जाता है; कभी छूट जाए, तो कोई बात नहीं।
exercise-open-at-once = जो आप दोनों के लिए है, उसे { $name } आपके भेजते ही पढ़ सकते हैं।
exercise-open-at-once-unnamed = जो आप दोनों के लिए है, उसे आपके साथी आपके भेजते ही पढ़ सकते हैं।
partner-wrote = { $name } ने आप दोनों के लिए कुछ लिखा है
partner-wrote-unnamed = आपके साथी ने आप दोनों के लिए कुछ लिखा है
send-hint = आप कभी भी रुक सकते हैं और फिर आ सकते हैं। भेजने के बाद जवाब वैसे ही रहते हैं।
send-hint-private = आप कभी भी रुक सकते हैं और फिर आ सकते हैं। पूरा होने के बाद शब्द वैसे ही रहते हैं, और आपके पास: जब तक आप साझा न करें, कोई और उन्हें नहीं पढ़ता।
send-hint-at-once = आप कभी भी रुक सकते हैं और फिर आ सकते हैं। जो आप दोनों के लिए है, उसे आपके भेजते ही पढ़ा जा सकता है, और जवाब वैसे ही रहते हैं।
send-hint-reveal = आप कभी भी रुक सकते हैं और फिर आ सकते हैं। भेजने के बाद जवाब वैसे ही रहते हैं; जो आप दोनों के लिए हैं, वे तभी खुलते हैं जब दोनों जवाब दे चुके हों, उससे पहले नहीं।

not-now-title = अभी नहीं?
not-now-hint = एक बार दबाना काफ़ी है। इसे केवल { $therapist } देखते हैं। आपका लिखा हुआ सुरक्षित रहता है, और आपको याद नहीं दिलाया जाएगा।
not-now-why-no_time = समय नहीं था
not-now-why-unclear = समझ नहीं आया कि क्या करना है
not-now-why-not_safe = यह सुरक्षित नहीं लगता
not-now-why-our_way = हमने इसे अपने तरीक़े से किया
not-now-why-later = अभी नहीं, फिर कभी
not-now-done = अभी नहीं, और यह ठीक है
not-now-told = आपने { $therapist } को बताया: “{ $why }”। आपको इसकी याद नहीं दिलाई जाएगी।
not-now-open = इसे फिर से खोलें
not-safe-title = यह बताने के लिए धन्यवाद
not-safe-text = इसे रहने दें। आपको यह करने की ज़रूरत नहीं है, न अभी, न बाद में, और आपको याद नहीं दिलाया जाएगा। आपने जो बताया, उसे { $therapist } देखते हैं, और कोई नहीं। हो सकता है कि उन्हें देखने में कुछ समय लगे।
not-safe-sooner = यदि आप जल्दी बात करना चाहें, तो { $therapist } को लिखें या फ़ोन करें।
not-safe-danger = अभी ख़तरे में हैं? आप जहाँ हैं, वहाँ के आपातकालीन नंबर पर फ़ोन करें।

## An exercise that was sent

done-sent = आप इसे भेज चुके हैं। समय देने के लिए धन्यवाद।
done-kept = आपके लिए रखा गया है। इसे कोई और नहीं पढ़ता।
done-paper = { $therapist } ने इसे आपके काग़ज़ से लिखा है।
done-own = आपने जो लिखा
done-nothing = आपने सब कुछ ख़ाली छोड़ा, और यह ठीक है।
done-theirs = { $name } ने जो लिखा
done-theirs-unnamed = आपके साथी ने जो लिखा
done-theirs-none = इस बार यहाँ पढ़ने के लिए कुछ नहीं है।
done-theirs-hint = जवाब देने से पहले इसे एक बार अंत तक पढ़ें। जानकर ख़ुश होने के लिए सहमत होना ज़रूरी नहीं है।
done-guesses = जहाँ आपने एक-दूसरे को सही समझा
done-guesses-hint = “{ $prompt }” के लिए। जहाँ अनुमान सही नहीं था, वहाँ कुछ नया जानने को है।
done-both-only = { $name } को केवल वही दिखाया जाता है, जो आप दोनों ने “{ $bucket }” में रखा है, और कुछ भी नहीं।
done-both-only-unnamed = आपके साथी को केवल वही दिखाया जाता है, जो आप दोनों ने “{ $bucket }” में रखा है, और कुछ भी नहीं।
offer-title = { $name } आपको कुछ और दिखाना चाहते हैं
offer-title-unnamed = आपके साथी आपको कुछ और दिखाना चाहते हैं
offer-text = जब आप पढ़ना चाहें, तब यह खुलेगा। अभी नहीं, तो रहने दें: { $name } को नहीं बताया जाता।
offer-text-unnamed = जब आप पढ़ना चाहें, तब यह खुलेगा। अभी नहीं, तो रहने दें: आपके साथी को नहीं बताया जाता।
offer-read = इसे पढ़ें
offer-read-one = इसे पढ़ें ({ $number })
waiting-both = इसमें से कुछ आप दोनों के लिए है। वह दोनों के लिए एक ही समय पर खुलता है, जब आप दोनों जवाब दे चुके हों।
waiting-until = तब तक आप में से कोई भी न इसका कुछ देख सकता है, न यह कि दूसरा कहाँ तक पहुँचा है। कोई जल्दी नहीं है।
share-title = यह जवाब साझा करें
share-therapist = { $therapist } के साथ साझा करें
share-both = { $partner } और { $therapist } के साथ साझा करें
share-hint = यह केवल आप कर सकते हैं। आप अपने साथी के साथ जो साझा करते हैं, वह उन्हें दिखाने के लिए रखा जाता है, और वे जब चाहें, तब पढ़ते हैं। आप इसे वापस ले सकते हैं; हो सकता है कि वे इसे पढ़ चुके हों।
share-hint-waits = यह केवल आप कर सकते हैं। आप अपने साथी के साथ जो साझा करते हैं, वह उन्हें तब दिखाने के लिए रखा जाता है, जब आप दोनों जवाब दे चुके हों; वे जब चाहें, तब पढ़ते हैं। आप इसे वापस ले सकते हैं; हो सकता है कि वे इसे पढ़ चुके हों।
share-later = आपने इसे बाद में साझा किया। आप इसे कभी भी वापस ले सकते हैं; किसी को नहीं बताया जाता।
share-stop = साझा करना बंद करें

## A worksheet

paper-print = यह पेज छापें। जो केवल लिखने वाले के लिए है, उस पर ऐसा लिखा है: वह हिस्सा वे अपने पास रखते हैं।
paper-mine = केवल आपके लिए। यह हिस्सा अपने पास रखें।
paper-therapist = आपके थेरेपिस्ट के लिए।
paper-reveal = आपके थेरेपिस्ट के लिए, और आप दोनों के जवाब देने के बाद आपके साथी के लिए भी।
paper-couple = आपके साथी और आपके थेरेपिस्ट के लिए।
paper-both-only = आपके थेरेपिस्ट के लिए। आपके साथी को केवल वही दिखाया जाता है, जो आप दोनों ने “{ $bucket }” में रखा है, और कुछ भी नहीं।

## While an exercise is written

save-saved = { $at } बजे सहेजा गया
save-elsewhere = यह किसी और विंडो या डिवाइस में भी बदला गया। दोनों सुरक्षित हैं; पूरा देखने के लिए पेज फिर से खोलें।
save-offline = कुछ नहीं भेजा गया: अभी केंद्र से कनेक्शन नहीं है। आपके शब्द यहीं हैं; थोड़ी देर में फिर कोशिश करें।
save-gone = सहेजा नहीं गया: यह अभ्यास भेजा जा चुका है या अब खुला नहीं है। क्या बदला, यह देखने के लिए पेज फिर से खोलें।
save-again = अभी सहेजा नहीं गया, फिर कोशिश हो रही है
save-refused = अभी सहेजा नहीं गया, फिर कोशिश हो रही है। यदि ऐसा ही रहे, तो किसी और टैब में फिर से साइन इन करें और इसे खुला रखें।
clock-start = घड़ी चलाएँ
clock-pause = रोकें
clock-go-on = जारी रखें
clock-again = फिर से
clock-over = समय पूरा हुआ।

## What became of a plan

plan-state-planned = तय है
plan-state-kept = हमने यह किया
plan-state-moved = समय बदला गया
plan-state-moved-by = { $name } ने समय बदला
plan-state-missed = यह नहीं हो पाया
plan-state-dropped = वापस लिया गया
plan-state-dropped-by = { $name } ने वापस लिया
