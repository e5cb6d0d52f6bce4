# The portal: its first page, its settings, and the first sign-in.
# Needs a native reader.

portal-title = मुख्य पेज
portal-hello = नमस्ते { $name }

## Settings

settings-title = सेटिंग
settings-contact = ईमेल, याद दिलाना और आपका पता
settings-wish = आप कब आना चाहेंगे
settings-account = खाता
settings-account-hint = पासवर्ड, भाषा, समय क्षेत्र और आप कहाँ साइन इन हैं
settings-privacy = गोपनीयता कैसे काम करती है
settings-privacy-hint = आपका लिखा हुआ कौन पढ़ सकता है
settings-back = सेटिंग पर वापस

## The first sign-in

welcome-screen-privacy = गोपनीयता कैसे काम करती है
welcome-screen-contact = हम आपसे कैसे संपर्क करें
welcome-screen-next = आगे क्या होगा
welcome-place = { $all } में से { $at }
welcome-marks = आपके जवाब देने से पहले ही, जगह के पास एक निशान बताता है कि उसे कौन पढ़ सकेगा:
welcome-drafts = मसौदे केवल आपके हैं, जब तक आप उन्हें न भेजें।
welcome-messages = आपके और { $therapist } के बीच के संदेश { $therapist } पढ़ते हैं, और वे जो उनकी जगह काम करते हैं।
welcome-messages-couple = आपके और { $therapist } के बीच के संदेश { $therapist } पढ़ते हैं, और वे जो उनकी जगह काम करते हैं। { $partner } उन्हें नहीं पढ़ सकते, और उन्हें नहीं बताया जाता कि आप लिखते हैं।
welcome-desk = स्वागत-कक्ष को नाम, फ़ोन नंबर, ईमेल पते और सत्रों के समय दिखते हैं। वह आपके जवाब या संदेश नहीं पढ़ता।
welcome-secrets = यदि आप में से केवल एक { $therapist } को कुछ बताए, तो वे उसका क्या करते हैं, यह एक नीति में तय होता है, जिसे आप में से हर एक “फ़ॉर्म” में पढ़ता और हस्ताक्षर करता है। जब तक वह वहाँ न हो, पूछें।
welcome-continue = आगे बढ़ें
welcome-skip = छोड़ें
welcome-unseen = आप यहाँ जो चुनते हैं, वह { $partner } को नहीं दिखता।
welcome-more = और विकल्प
welcome-save = सहेजें और आगे बढ़ें
welcome-leave = जैसा है, वैसा रहने दें
welcome-session = आपका अगला सत्र { $when } को है। वह “सत्र” में मिलेगा।
welcome-no-session = आपके अगले सत्र के बारे में केंद्र आपसे संपर्क करेगा।
welcome-exercise = जब { $therapist } आपको कोई अभ्यास देंगे, तो वह मुख्य पेज पर मिलेगा। आप कभी भी रुक सकते हैं और फिर आ सकते हैं।
welcome-another-time = कोई और समय चाहिए? “सत्र” खोलें, या फ़ोन करें।
welcome-again = इसे आप “सेटिंग” में फिर से पढ़ सकते हैं।
welcome-go = मेरे पेज पर जाएँ
