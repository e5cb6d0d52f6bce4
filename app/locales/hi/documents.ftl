# Documents that a client hands in, and the sheets that are printed or saved.
# Needs a native reader.

## Sheets: what is printed, or saved as a PDF

sheet-print = इस पेज को अपने ब्राउज़र के मेन्यू से प्रिंट करें।
# At the foot of each page: "1 of 3".
sheet-page = { $pages } में से { $page }
# At the end of a PDF; letters is a list such as "U+6F22, U+1F49B".
sheet-letters = इस दस्तावेज़ में ऐसे अक्षर हैं जो इसके फ़ॉन्ट में नहीं हैं और जो एक खाने के रूप में दिखते हैं: { $letters }।

## What a file is

file-type-pdf = PDF
file-type-jpeg = JPEG तस्वीर
file-type-png = PNG तस्वीर
file-type-text = टेक्स्ट
file-type-docx = Word दस्तावेज़

## Choosing a file, and why one is not accepted

document-file = फ़ाइल
document-file-hint = PDF, JPEG, PNG, टेक्स्ट या Word, अधिक से अधिक 20 MB।
document-file-chosen = { $name } पहले से यहाँ है। बदलना हो तभी दूसरी फ़ाइल चुनें।
document-none = एक फ़ाइल चुनें।
document-empty = यह फ़ाइल खाली है। दूसरी फ़ाइल चुनें।
document-too-long = यह फ़ाइल { $size } MB की है; अधिक से अधिक 20 MB हो सकती है। छोटी फ़ाइल चुनें।
document-web-page = वेब पेज और SVG तस्वीरें नहीं ली जातीं। इसे PDF के रूप में सहेजें और वह फ़ाइल चुनें।
document-program = प्रोग्राम नहीं लिए जाते। PDF, तस्वीर, टेक्स्ट या Word दस्तावेज़ चुनें।
document-macros = मैक्रो वाले Word दस्तावेज़ नहीं लिए जाते। इसे बिना मैक्रो के .docx या PDF के रूप में सहेजें।
document-other = PDF, JPEG या PNG तस्वीर, टेक्स्ट (UTF-8) या Word दस्तावेज़ (.docx) चुनें।
document-upload-gone = फ़ाइल अब यहाँ नहीं है। उसे फिर से चुनें।

## The client’s documents

documents-title = दस्तावेज़
documents-lead = अपने थेरेपिस्ट को स्कैन या फ़ोटो भेजें। जब तक आप साझा न करें, उसे सिर्फ़ आप और आपके थेरेपिस्ट देख सकते हैं।
documents-lead-alone = अपने थेरेपिस्ट को स्कैन या फ़ोटो भेजें। उसे सिर्फ़ आप और आपके थेरेपिस्ट देख सकते हैं।
documents-card = दस्तावेज़ भेजें या खोलें
documents-none = अभी कोई दस्तावेज़ नहीं है।
documents-closed = अभी आप दस्तावेज़ नहीं भेज सकते। कृपया इसके बजाय संदेश लिखें।
documents-list = आपके दस्तावेज़
documents-hand-in = दस्तावेज़ भेजें
documents-from = { $name } की ओर से
documents-shared = साझा
documents-private = निजी
documents-opened = आपके थेरेपिस्ट ने खोला है
document-for = यह किस थेरेपी के लिए है?
document-for-couple = जोड़े के रूप में
document-for-alone = सिर्फ़ आपके लिए
document-title = शीर्षक
document-title-hint = शीर्षक न हो तो फ़ाइल का नाम लिया जाता है।
document-share-too = मेरे साथी भी इसे पढ़ सकते हैं
document-share-hint = आप इसे बाद में भी साझा कर सकते हैं, पर वापस नहीं ले सकते।
document-send = दस्तावेज़ भेजें
document-again = फिर से भेजें
document-same = आपने यह फ़ाइल { $when } को “{ $title }” नाम से भेजी थी। एक बार और भेजने के लिए “फिर से भेजें” चुनें।
document-too-many = एक दिन के लिए ये बहुत सारे दस्तावेज़ हैं। बाकी कल भेजें।
document-untitled = दस्तावेज़
document-sent-on = भेजा गया
document-what = क्या है
document-download = डाउनलोड करें
document-open = खोलें
document-active = इस PDF में स्क्रिप्ट हो सकती हैं, इसलिए इसे सिर्फ़ डाउनलोड किया जा सकता है। सावधानी से खोलें।
document-picture = तस्वीर: { $title }
document-share = मेरे साथी के साथ साझा करें
document-share-lead = आपके साथी यह दस्तावेज़ पढ़ सकेंगे। इसे वापस नहीं लिया जा सकता।
document-withdraw = दस्तावेज़ वापस लें
document-withdraw-lead = आपके थेरेपिस्ट ने इसे अभी नहीं खोला है, इसलिए आप इसे वापस ले सकते हैं।
document-too-late = अब इसे वापस नहीं लिया जा सकता: हो सकता है किसी ने इसे पढ़ लिया हो।
