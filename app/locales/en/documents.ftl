# Documents that a client hands in, and the sheets that are printed or saved.

## Sheets: what is printed, or saved as a PDF

sheet-print = Print this page from your browser’s menu.
# At the foot of each page: "1 of 3".
sheet-page = { $page } of { $pages }
# At the end of a PDF; letters is a list such as "U+6F22, U+1F49B".
sheet-letters = This document has letters that its fonts don’t include, shown as a box: { $letters }.

## What a file is

file-type-pdf = PDF
file-type-jpeg = JPEG picture
file-type-png = PNG picture
file-type-text = Text
file-type-docx = Word document

## Choosing a file, and why one is not accepted

document-file = File
document-file-hint = PDF, JPEG, PNG, text or Word, 20 MB at most.
document-file-chosen = { $name } is here already. Choose a file only to replace it.
document-none = Choose a file.
document-empty = This file is empty. Choose another one.
document-too-long = This file is { $size } MB. The limit is 20 MB. Choose a smaller file.
document-web-page = Web pages and SVG pictures aren’t accepted. Save it as a PDF and choose that.
document-program = Programs aren’t accepted. Choose a PDF, a picture, a text or a Word document.
document-macros = Word documents with macros aren’t accepted. Save it as .docx without macros, or as a PDF.
document-other = Choose a PDF, a JPEG or PNG picture, a text (UTF-8) or a Word document (.docx).
document-upload-gone = The file is no longer here. Choose it again.

## The client’s documents

documents-title = Documents
documents-lead = Send your therapist a scan or a photo. Only you and your therapist can see it, until you share it.
documents-lead-alone = Send your therapist a scan or a photo. Only you and your therapist can see it.
documents-card = Send or open a document
documents-none = No documents yet.
documents-closed = You can’t send documents at the moment. Please write a message instead.
documents-list = Your documents
documents-hand-in = Send a document
documents-from = From { $name }
documents-shared = Shared
documents-private = Private
documents-opened = Opened by your therapist
document-for = Which therapy is it for?
document-for-couple = As a couple
document-for-alone = On your own
document-title = Title
document-title-hint = Without one, the file’s name is used.
document-share-too = My partner can read it too
document-share-hint = You can share it later instead. Sharing can’t be undone.
document-send = Send document
document-again = Send it again
document-same = You sent this file on { $when } as “{ $title }”. To send it once more, choose “Send it again”.
document-too-many = That’s a lot of documents in one day. Please send the others tomorrow.
document-untitled = Document
document-sent-on = Sent
document-what = File type
document-download = Download
document-open = Open
document-active = This PDF may contain scripts, so it can only be downloaded. Open it with care.
document-picture = Picture: { $title }
document-share = Share with my partner
document-share-lead = Your partner will be able to read this document. You can’t take that back.
document-withdraw = Withdraw document
document-withdraw-lead = Your therapist hasn’t opened it yet, so you can still withdraw it.
document-too-late = It can’t be withdrawn any more: somebody may have read it.
