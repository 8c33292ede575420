"""How mail programs of many languages speak of quotes, forwards, headers and signatures."""

import re

FROM, DATE, TO, SUBJECT, OTHER = "from", "date", "to", "subject", "other"

_HEADER_WORDS = {
    FROM: "from von de da van från fra lähettäjä od nadawca отправитель от від kimden"
    " gönderen kimden من המאת מאת"
    " expéditeur expediteur mittente remetente afzender feladó από dari från: 差出人"
    " 发件人 發件人 寄件者 寄件人 보낸사람"
    " od: saatja no nuo"
    " pošiljatelj pošiljalac odesílatel odosielateľ от:",
    DATE: "sent date gesendet datum envoyé envoye enviado enviada inviato verzonden skickat"
    " sendt dato lähetetty päivämäärä"
    " päiväys wysłano wysłane data отправлено дата відправлено gönderildi gönderilme tarih נשלח נשלחה"
    " תאריך fecha odesláno odoslané elküldve"
    " dátum trimis στάλθηκε ημερομηνία tanggal dikirim التاريخ تاريخ 送信日時 日時"
    " 日付 发送时间 发送日期 發送日期 寄件日期 日期 時間 时间"
    " 傳送時間 傳送日期 보낸날짜 날짜 saadetud poslano",
    TO: "to an à a para aan till til vastaanottaja do adresat komu кому kime alıcı אל"
    " לכבוד destinataire destinataires destinatario"
    " destinatário címzett către προς kepada إلى الى 宛先 收件人 收件者 받는사람 za",
    SUBJECT: "subject betreff objet asunto assunto oggetto onderwerp ämne emne aihe temat тема"
    " konu נושא הנדון předmět predmet tárgy"
    " subiect θέμα subjek perihal الموضوع موضوع 件名 主题 主題 主旨 標題 标题 제목 zadeva",
    OTHER: "cc kopie copie copia kopi kopia kopio dw копия bilgi עותק העתק kópia másolat"
    " cópia نسخة 抄送 副本 참조 bcc"
    " reply-to replyto importance priority organization attachments",
}
_HEADER_PHRASES = {
    DATE: (
        "date sent",
        "sent date",
        "enviada em",
        "enviado em",
        "enviado el",
        "data wysłania",
        "gönderme tarihi",
        "gönderilme tarihi",
    ),
    FROM: ("da parte di", "보낸 사람"),
    TO: ("받는 사람",),
    OTHER: ("reply to", "antwort an", "répondre à"),
}
_DATES = ("보낸 날짜", "تاريخ الإرسال", "تم الإرسال", "lähetyspäivä", "poslat dne", "data:")
HEADER_KINDS = (
    {word.strip(":"): kind for kind, words in _HEADER_WORDS.items() for word in words.split()}
    | {phrase: kind for kind, phrases in _HEADER_PHRASES.items() for phrase in phrases}
    | dict.fromkeys(_DATES, DATE)
)

_ORIGINAL = (
    "original message|original e-?mail|original|ursprüngliche nachricht|ursprüngliche mail"
    "|originalnachricht|originaltext|message d['’]origine|message original"
    "|message initial|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht"
    "|originele bericht|oorspronkelijke bericht"
    "|ursprungligt meddelande|originalmeddelande|originalmeddelelse|oprindelig meddelelse"
    "|original meddelelse|den oprindelige meddelelse|opprinnelig melding|original melding"
    "|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|treść oryginalnej wiadomości"
    "|исходное сообщение|исходное письмо|оригинальное сообщение|пересылаемое сообщение"
    "|orijinal ileti|orijinal mesaj|özgün ileti|הודעה מקורית|ההודעה המקורית|הודעה המקורית"
    "|الرسالة الأصلية|رسالة أصلية"
    "|元のメッセージ|元のメール|原始邮件|原始郵件|原始信息|原郵件|原始訊息"
    "|원본 메시지|원본 메일|původní zpráva|pôvodná správa|eredeti üzenet"
    "|mesaj original|mesajul original"
    "|αρχικό μήνυμα|вихідне повідомлення|оригінальне повідомлення|pesan asli|tin nhắn gốc"
    "|quoted message|reply message|antwort nachricht|reply"
)
ORIGINAL = re.compile(rf"(?:{_ORIGINAL})\b.{{0,60}}\Z", re.IGNORECASE)

_FORWARDED = (
    "forwarded message|begin forwarded message|forwarded by|weitergeleitete nachricht"
    "|anfang der weitergeleiteten (?:nachricht|e-?mail)|message transféré|message transmis"
    "|début du message (?:transféré|réexpédié)|mensaje reenviado|inicio del mensaje reenviado"
    "|mensagem encaminhada|início da mensagem (?:encaminhada|reencaminhada)"
    "|messaggio inoltrato|inizio messaggio inoltrato|inoltrato|doorgestuurd bericht"
    "|begin doorgestuurd bericht|vidarebefordrat meddelande|vidarebefordrat brev"
    "|videresendt (?:meddelelse|melding|besked)|välitetty viesti|edelleenlähetetty viesti"
    "|przekazana wiadomość|wiadomość przekazana dalej|treść przekazanej wiadomości"
    "|пересылаемое сообщение|пересланное сообщение|начало переадресованного сообщения|iletilen mesaj"
    "|yönlendirilen ileti|yönlendirilmiş ileti|הודעה שהועברה|התחלת הודעה שהועברה"
    "|تم إعادة توجيه هذه الرسالة|رسالة مُعاد توجيهها|رسالة معاد توجيهها"
    "|転送されたメッセージ|転送メッセージ|转发的邮件|转发邮件"
    "|轉寄的郵件|轉寄郵件|전달된 메시지"
    "|přeposlaná zpráva|preposlaná správa|továbbított üzenet|továbbított levél|mesaj redirecționat"
    "|προωθημένο μήνυμα"
)
FORWARDED = re.compile(rf"(?:{_FORWARDED})\b.{{0,60}}\Z", re.IGNORECASE)

FORWARD_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{0,40}\]\s*)?(?:fwd?|wg|tr|rv|enc|i|vb|doorst|pd|p\.?\s?dalej|továbbítás|ilt|vl|fs"
    r"|הועבר|העברה|转发|轉寄|転送|пересл)\s*[:：]",
    re.IGNORECASE,
)

_START_WORDS = (
    r"(?:on|am|le|el|em|no dia|il giorno|il|op|den|på|w dniu|dnia|dne|dňa|în|pe|в|у|στις|בתאריך|ביום|في"
    r"|vào|pada|dana"
    r"|mon|tue|wed|thu|fri|sat|sun)\b|ב-?\s?\d|בתאריך|在|于|於"
)
WORD_STARTS = re.compile(rf"[\"'*_(\[]{{0,3}}-{{0,6}}\s?(?:{_START_WORDS})", re.IGNORECASE)
STARTS = re.compile(rf"[\"'*_(\[]{{0,3}}-{{0,6}}\s?(?:{_START_WORDS}|\d{{1,4}}[./年년-])", re.IGNORECASE)
_VERBS = (
    r"wrote|writes|written|schrieb|schrieb(?:en|st)?|geschrieben|a écrit|écrit|écrivait|escribió"
    r"|escribio|escribía|escribe|escreveu|escrevia|ha scritto|scritto|scrive"
    r"|schreef|geschreven|schrijft|skrev|skriver|følgende|kirjoitti|napisał|napisała|napisał\(a\)"
    r"|napisa[łl]|pisze|napsal|napsala|napsal\(a\)|napísal|napísala|написал|написала|написал\(а\)"
    r"|писал|писала|пишет|пише|написав|написала|yazdı|yazmış|כתב|כתבה|כתב/ה|כתבת|נכתב|מאת|كتب|كتبت"
    r"|كتابة|کتب|نوشت|のメール|書きました|さんは書|写道|寫道|写到|作成|작성|님이|írta|ezt írta|a scris"
    r"|έγραψε|đã viết|viết|menulis|va escriure|je napisao|je napisala|napisao|napisala|je napisal"
    r"|kirjutas|rakstīja|rašė|написа|เขียนว่า|said|messaged|sent"
)
VERB = re.compile(rf"(?:{_VERBS})", re.IGNORECASE)
VERB_LAST = re.compile(rf"(?:{_VERBS})\s?[:：]\Z", re.IGNORECASE)

MAIL = re.compile(r"[^\s@<>]@[\w\[]")
TIME = re.compile(r"\d{1,2}\s?[:.h]\s?\d{2}(?!\d)")
DAY = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)25[5-9]\d(?!\d)|\d\d?月|[٠-٩۰-۹]{4}"
)

_ABOVE = (
    r"reply above this line|write above this line|reply above the line|reply above here"
    r"|type your (?:reply|response) above"
    r"|oberhalb dieser (?:linie|zeile)|répondre au-dessus de cette ligne|au-dessus de cette ligne"
    r"|por encima de esta línea|acima desta linha|sopra questa (?:linea|riga)|boven deze (?:lijn|regel)"
    r"|powyżej tej linii|выше этой (?:линии|строки|черты)|מעל (?:ל)?שורה (?:הזו|זו|הזאת)"
    r"|מעל (?:ה)?קו (?:הזה|זה)"
)
OWN_SEPARATOR = re.compile(r"#{2}\s?-\s.{1,150}\s-\s?#{2}")
ABOVE = re.compile(_ABOVE, re.IGNORECASE)

_DEVICES = (
    r"iphon|ipad|ipod|android|samsung|galaxy|blackberry|huawei|xiaomi|redmi|nokia|pixel|oneplus|htc"
    r"|sony|lg|motorola|windows|outlook|yahoo|mail|mobile|mobil|smartphone|phone|handy|telefon"
    r"|tel[eé]fon[oe]|celular|móvil|cellulare|smartfon|gmail|proton ?mail|aol|hotmail|mac(?:book)?"
    r"|apple|tablet|watch|bluemail|nine|telekom|spark|zoho|gmx|web\.de|fastmail|tutanota|tuta|k-9"
    r"|workspace|ios|touch|verizon|t-mobile|nexus|airmail|newton|superhuman|mail\.ru|yandex|яндекс"
    r"|смартфон\w*|телефон\w*|נייד|טלפון|סמארטפון|אייפון|אנדרואיד|הנייד|الهاتف|هاتفي|ايفون|آيفون|手机|手機"
    r"|携帯|スマート"
)
_SENT_FROM = (
    r"sent (?:from|via|using|with|by)|get outlook for|get (?:the )?(?:gmail|yahoo)"
    r"|downloaded? (?:the )?|composed (?:on|with)|(?:diese nachricht wurde )?von (?:mein|unterwegs)"
    r"|gesendet (?:von|mit|über|aus)|diese e-?mail wurde von|outlook für|holen sie sich outlook"
    r"|envoy[ée]e? (?:de|depuis|à partir|avec|par|via)|télécharge[rz]|obtenez outlook|obtenir outlook"
    r"|provenance|enviado (?:desde|do|de|a partir|via|con|pelo|por|com)|enviada? do|obtener outlook"
    r"|obtenha o outlook|obter o outlook|inviato (?:da|dal|con|tramite)|scarica outlook|ottieni outlook"
    r"|verzonden (?:vanaf|vanuit|met|via|door)|verstuurd (?:vanaf|met|via)|outlook voor"
    r"|download outlook|skickat (?:från|med|via)|skickades från|hämta outlook|sendt (?:fra|med|via)"
    r"|hent outlook|få outlook|lähetetty|hanki outlook|wysłan[eoay] (?:z|za|przez)|pobierz outlook"
    r"|отправлено (?:с|из|через|от)|послано с|надіслано з|скачать outlook"
    r"|gönderildi|gönderilmiştir|şuradan gönderildi|נשלח מ|נשלחה מ|נשלח באמצעות|נשלח דרך|קבל את outlook"
    r"|קבלו את outlook|הורד את outlook|أرسلت من|أُرسلت من|مرسل من|تم الإرسال من|الحصول على outlook"
    r"|odesláno z|poslané z|odoslané z|elküldve|küldve|trimis (?:de pe|din|cu)|στάλθηκε από"
    r"|poslano (?:s|iz|z)|dikirim dari|được gửi từ|terkirim dari|enviat des"
)
SENT_FROM = re.compile(
    rf"[\[<(*_-]{{0,4}}\s*(?:(?:{_SENT_FROM}).{{0,60}}(?:{_DEVICES}).{{0,90}}"
    rf"|.{{0,40}}(?:{_DEVICES}).{{0,30}}(?:gönderildi|gönderilmiştir|から送信"
    rf"|から送信されました|에서 보냄|傳送|发送"
    rf"|lähetetty|küldve|gesendet|отправлено|sent|verzonden|gestuurd)"
    rf".{{0,20}}|(?:发自|發自|從我的|从我的|自我的|来自我的).{{0,60}}"
    rf"|.{{0,20}}(?:iphone|ipad|android|スマートフォン"
    rf"|携帯)から送信.{{0,10}}|lähetetty (?:iphonesta|ipadista|puhelimesta).{{0,20}}"
    rf"|sent from my \w.{{0,50}})\Z",
    re.IGNORECASE,
)
