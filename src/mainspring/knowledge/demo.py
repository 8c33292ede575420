"""The demo shop's knowledge: two topics, four articles for customers, one for the staff, one still a draft."""

from mainspring.accounts.models import Person
from mainspring.core.text import Translated
from mainspring.knowledge.models import Article, Audience, Topic, Verdict

BEFORE = (
    (
        "Before you bring your computer",
        "לפני שמביאים את המחשב",
        """Ten minutes at home save you a day with us.

## What to do first

1. **Back up what you can't lose.** We work carefully, but a disk that is failing may not wait.
2. Write down when the fault shows, and what is on the screen then. A photo is best.
3. Sign out of nothing and delete nothing: the traces help us.

## What to bring

- the computer **with its charger**; half of all "dead" laptops have a dead charger
- the password, or an account made for us; we ask for it only when the repair needs it
- the receipt, if the warranty may still run

Leave bag, mouse and dongles at home, unless they are part of the fault.""",
        """עשר דקות בבית חוסכות יום שלם אצלנו.

## מה עושים קודם

1. **מגבים את מה שאסור לאבד.** אנחנו עובדים בזהירות, אבל כונן שמתחיל להתקלקל לא תמיד מחכה.
2. רושמים מתי התקלה מופיעה ומה כתוב אז על המסך. הכי טוב לצלם.
3. לא מתנתקים מחשבונות ולא מוחקים כלום: הסימנים עוזרים לנו.

## מה להביא

- את המחשב **עם המטען**; חצי מהמחשבים ה״מתים״ הם בעצם מטען מת
- את הסיסמה, או חשבון שנפתח בשבילנו; נבקש אותה רק אם התיקון דורש
- את הקבלה, אם ייתכן שיש עדיין אחריות

את התיק, העכבר והמתאמים אפשר להשאיר בבית, אלא אם הם חלק מהתקלה.""",
    ),
    (
        "How the diagnostic fee works",
        "איך עובדים דמי האבחון",
        """Finding a fault takes time, so we charge a small fee for it, and **deduct it from the repair**.

- You pay the diagnostic when you bring the device or by the link in our mail.
- We tell you what is wrong and what the repair costs. Nothing begins before you say yes.
- You say yes: the fee is taken off the final invoice, as a line of its own.
- You say no: the fee is all you pay, and the device is yours to collect.

An example: diagnostic 10, repair 30, part 50. You pay 10 at the start and 70 at the end, 80 in all.""",
        """כדי למצוא תקלה צריך זמן של טכנאי, ולכן אנחנו גובים סכום קטן, ו**מנכים אותו ממחיר התיקון**.

- משלמים את האבחון כשמביאים את המכשיר, או בקישור שבמייל מאיתנו.
- אנחנו אומרים מה התקלה וכמה עולה התיקון. לא מתחילים לפני שאישרתם.
- אישרתם: דמי האבחון יורדים מהחשבון הסופי, בשורה משלהם.
- לא אישרתם: משלמים רק את האבחון, והמכשיר מחכה לכם.

דוגמה: אבחון 10, תיקון 30, חלק 50. משלמים 10 בהתחלה ו־70 בסוף, 80 בסך הכול.""",
    ),
)
FIRST_AID = (
    (
        "What to do after a spill",
        "נשפך נוזל על המחשב: מה עושים",
        """Every minute counts, and **no rice**: it only takes time away.

1. Hold the power button until it is off. Don't save your work first.
2. Unplug the charger and everything else.
3. Open it like a tent and turn it over, so that the liquid runs out the way it came in.
4. Dab, don't rub. No hair dryer: heat bends what the water has spared.
5. Leave it off and bring it to us, the same day if you can.

## What never to do

- **Don't switch it on to see whether it still works.** Water alone rarely kills a computer; current through water does.
- Don't wait for the weekend. Sugar and coffee begin to eat the board within hours.""",
        """כל דקה חשובה, ו**לא אורז**: הוא רק מבזבז זמן.

1. לוחצים על כפתור ההפעלה עד שהמחשב כבה. לא שומרים קודם את העבודה.
2. מנתקים את המטען ואת כל השאר.
3. פותחים אותו כמו אוהל והופכים, כדי שהנוזל ייצא מאיפה שנכנס.
4. סופגים בעדינות, לא משפשפים. בלי מייבש שיער: החום מעקם את מה שהמים לא פגעו בו.
5. משאירים כבוי ומביאים אלינו, אם אפשר עוד באותו יום.

## מה אסור לעשות

- **לא להדליק כדי לבדוק אם הוא עובד.** מים לבדם כמעט אף פעם לא הורגים מחשב; זרם דרך מים כן.
- לא לחכות לסוף השבוע. סוכר וקפה מתחילים לאכול את הלוח תוך שעות.""",
    ),
    (
        "The printer prints blank pages",
        "המדפסת מדפיסה דפים ריקים",
        """Mostly it is one of four things, and three of them you can mend yourself.

## Look at the cartridge

1. Take it out. A new one often still has its orange strip of tape: pull it off.
2. Shake a toner cartridge gently from side to side; never an ink cartridge.
3. Put it back until it clicks.

## Print from the printer itself

Hold its own button for the test page.

A good page? Then the printer is well and the computer is not: remove the printer there and add it again.

## Clean the head

Ink printers dry out after some weeks. Start the cleaning from the printer's menu, twice at most: each one drinks ink.

Still blank? Then it is the fuser, the drum or the head. Bring it with its cartridge.""",
        """בדרך כלל זה אחד מארבעה דברים, ושלושה מהם אפשר לתקן לבד.

## בודקים את המחסנית

1. מוציאים אותה. על מחסנית חדשה נשאר הרבה פעמים סרט הדבקה כתום: מושכים אותו.
2. מנערים מחסנית טונר בעדינות מצד לצד; מחסנית דיו לעולם לא.
3. מחזירים עד שנשמעת נקישה.

## מדפיסים מהמדפסת עצמה

לוחצים לחיצה ארוכה על הכפתור של דף הבדיקה.

יצא דף טוב? המדפסת תקינה והבעיה במחשב: מסירים בו את המדפסת ומוסיפים אותה שוב.

## מנקים את הראש

מדפסות דיו מתייבשות אחרי כמה שבועות. מפעילים ניקוי מהתפריט של המדפסת, פעמיים לכל היותר: כל ניקוי שותה דיו.

עדיין ריק? אז זה הפיוזר, התוף או הראש. מביאים אותה עם המחסנית.""",
    ),
)
INTERNAL = (
    "Wi-Fi is slow: how we look for it",
    "ה־Wi-Fi איטי: איך מחפשים",
    """For us, at the customer's. Note each figure on the ticket.

1. By cable first. Slow there too? Then it is the line: call the provider, give him the figures.
2. `netsh wlan show interfaces`: signal under 60 % or a rate under 100 Mbit/s is the place of the access point.
3. Channels: on 2.4 GHz only 1, 6 and 11. In a house full of neighbours move everything that can to 5 GHz.
4. Firmware, then a restart at a time agreed with the customer.

```
ping -n 50 192.168.1.1
```

More than 2 % lost to the router itself is radio, not the line. **Never** leave our test password on his router.""",
    """בשבילנו, אצל הלקוח. רושמים כל מספר בקריאה.

1. קודם בכבל. גם שם איטי? אז זה הקו: מתקשרים לספק ונותנים לו את המספרים.
2. `netsh wlan show interfaces`: עוצמה מתחת ל־60% או קצב מתחת ל־100 מגה פירושם מיקום נקודת הגישה.
3. ערוצים: ב־2.4 רק 1, 6 ו־11. בבניין מלא שכנים מעבירים ל־5 כל מה שאפשר.
4. קושחה, ואז הפעלה מחדש בשעה שסוכמה עם הלקוח.

```
ping -n 50 192.168.1.1
```

יותר מ־2% אובדן אל הנתב עצמו זה רדיו, לא הקו. **לעולם** לא משאירים את סיסמת הבדיקה שלנו בנתב שלו.""",
)
DRAFT = (
    "Backing up in ten minutes a week",
    "גיבוי בעשר דקות בשבוע",
    """Three copies, on two kinds of disk, one of them elsewhere.

- the computer itself
- a disk that you plug in on Fridays and **unplug again**
- a cloud that keeps old versions""",
    """שלושה עותקים, על שני סוגי כוננים, אחד מהם במקום אחר.

- המחשב עצמו
- כונן שמחברים בימי שישי ו**מנתקים בסוף**
- ענן ששומר גרסאות קודמות""",
)


def build(*, by: Person) -> None:
    tess = Person.objects.get(email="tess@mainstreet.example")
    before = Topic.add(by=by, name=Translated(en="Before you come", he="לפני שמגיעים"), icon="calendar", order=1)
    aid = Topic.add(by=by, name=Translated(en="First aid", he="עזרה ראשונה"), icon="tool", order=2)
    for topic, articles in ((before, BEFORE), (aid, FIRST_AID)):
        for words in articles:
            _written(topic, words, by=tess, is_pinned=words is articles[0]).publish(by=by)
    _written(aid, INTERNAL, by=tess, audience=Audience.STAFF).publish(by=tess)
    _written(before, DRAFT, by=tess)
    spill = Article.objects.get(slug="what-to-do-after-a-spill")
    for number, helped in enumerate((True, True, True, True, False)):
        Verdict.give(spill, reader=f"reader-of-the-demo-{number:03}", helped=helped)


def _written(topic: Topic, words: tuple[str, str, str, str], *, by: Person, **more: object) -> Article:
    title, hebrew_title, text, hebrew_text = words
    return Article.add(
        by=by,
        topic=topic,
        title=Translated(en=title, he=hebrew_title),
        body=Translated(en=text, he=hebrew_text),
        **more,
    )
