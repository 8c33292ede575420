"""Bounces in plain words: qmail, Exim, old Exchange, Yahoo, Gmail, sendmail and their many cousins."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_ADDRESS = (
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,200}[A-Za-z0-9])?|\[[0-9.]{7,15}\])"
)
_ANY = re.compile(rf"(?<![A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~@-]){_ADDRESS}")
_LEADING = re.compile(rf"[ \t*>-]{{0,12}}(?:(?:smtp|rfc822|mailto|SMTP)[:;])?<?({_ADDRESS})>?\s?:(?:\s|\Z)")
_ALONE = re.compile(
    rf"[ \t*•-]{{0,20}}(?:\"[^\"]{{0,80}}\"\s?)?(?:(?:smtp|rfc822"
    rf"|mailto)[:;]\s?)?[<\['(]{{0,2}}({_ADDRESS})[>\])']{{0,2}}(?:\s?\([^()]{{0,120}}\))?(?:\s+on\s.{{0,60}})?[,;.]?\s*\Z",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    rf"(?:final-recipient|original-recipient|failed recipients?|recipient(?: address)?|recipients?"
    rf"|rcpt to|user|mailbox|address|destinataire|empfänger|destinatario|to|unknown user|user unknown"
    rf"|no such user|deliver(?:ed|y)? (?:the )?(?:message |mail )?to(?: the address)?)"
    rf"\s?(?:is|was)?[ :;=,\"'<\[(]{{1,6}}(?:rfc822;\s?|smtp:)?<?({_ADDRESS})",
    re.IGNORECASE,
)
_FAILURE = re.compile(
    r"undeliver|undelivr|unzustellbar|not (?:be )?deliver(?:ed|able)|non[- ]?delivery"
    r"|delivery (?:has )?fail|fail(?:ed|ure)(?: \w+){0,3} (?:deliver|delivery)|failure notice"
    r"|delivery (?:status )?notification|delivery (?:problem|error|report|unsuccessful|incomplete)"
    r"|(?:un|in|not )able to (?:be )?(?:deliver|send|relay|reach)|could ?n[o']t (?:be )?(?:deliver"
    r"|reach|sen[dt]|relay)|can ?not (?:be )?(?:deliver|send|sent)|can't (?:be )?(?:deliver|send)"
    r"|did(?: not|n't) reach|was(?: not|n't) delivered|were not delivered|hasn't been delivered"
    r"|not yet been delivered|has not been delivered"
    r"|returned (?:mail|to sender|e-?mail)|return(?:ing)? (?:your )?(?:mail|message)"
    r"|mail(?:box)? (?:delivery )?(?:system )?(?:error|failed|returned|failure)|(?:permanent|fatal"
    r"|non-fatal) (?:fatal )?errors?|user unknown|unknown user|no such user|unknown recipient"
    r"|invalid recipient|mailbox (?:is )?(?:full|unavailable|not found|disabled)|(?:over"
    r"|exceed\w*) (?:the )?(?:quota|storage)|quota exceeded"
    r"|does not exist|doesn't exist|account (?:has been )?(?:disabled|closed)"
    r"|recipient (?:address )?(?:rejected|unknown|not found)|address(?:es)? (?:not found|rejected"
    r"|failed|had)|message (?:was |has been )?(?:rejected|blocked|bounced|delayed|returned)"
    r"|delayed \d+ hours?|still (?:undelivered|trying)|delivery (?:is |has been )?delayed|rejected by"
    r"|not accepted"
    r"|konnte nicht (?:zugestellt|gesendet)|nicht zugestellt|zustellung|non remis|n'a pas (?:pu|été)"
    r"|échec de (?:la )?remise|no se (?:puede|pudo|ha podido) entregar|no se ha podido|no entregado"
    r"|imposible entregar|não (?:pôde|foi) (?:ser )?entregue|falha na entrega|não entregue"
    r"|non recapitabile|mancato recapito|impossibile (?:recapitare|consegnare)|consegna fallita"
    r"|onbestelbaar|niet (?:worden )?(?:afgeleverd|bezorgd)|kunde inte levereras|olevererbart"
    r"|kunne ikke leveres|ikke leveres|toimittaminen epäonnistui|nie (?:można|mogła"
    r"|została) (?:dostarcz|być dostarcz)|niedostarczona|не (?:может быть|было|удалось|доставлен)"
    r"|недоставлен|teslim edilemedi|iletilemedi|לא נמסר|לא ניתן למס|כשל במסירה|מסירה נכשלה"
    r"|تعذر (?:ال)?تسليم|لم يتم تسليم|配信(?:不能|できません|に失敗)|送信できません"
    r"|エラーメール|无法(?:投递|传递|送达)|未送达|退信|無法(?:傳遞"
    r"|投遞|寄送)|전송(?:되지| 실패)",
    re.IGNORECASE,
)
_UNMISTAKABLE = re.compile(
    r"qmail-send program|created automatically by (?:the )?mail(?: delivery)? (?:software|system)"
    r"|this is the (?:mail (?:system|delivery)|postfix|mail transfer agent|\w+ mail (?:system|server)) "
    r"|following address(?:es)?(?: \w+){0,3} (?:failed|had permanent|had transient)"
    r"|delivery to the following recipients?|following recipients? (?:could not be|cannot be|failed)"
    r"|unable to deliver (?:the |your )?(?:message|mail|e-?mail)|(?:message|mail|e-?mail) (?:could not"
    r"|cannot|was not able to) be delivered|your message (?:to .{1,80} )?(?:couldn't be|could not be"
    r"|wasn't|was not) delivered|did not reach the following recipient|mail delivery (?:failed"
    r"|subsystem)|----- the following addresses",
    re.IGNORECASE,
)
_LATE = re.compile(
    r"will (?:be )?(?:retr(?:y|ied)|keep trying|continue (?:to )?(?:try|attempt|be)|try again"
    r"|be attempted)|(?:still|keep|continue) (?:trying|being retried|to try)|(?:is|are|was|been"
    r"|being) delayed|delayed (?:for|by|\d)|delivery (?:is )?delayed|\(delay(?:ed)?\)"
    r"|delay(?:ed)? (?:notification|warning|\(|mail)|not yet been (?:delivered|accepted)"
    r"|hasn't been delivered|has not (?:yet )?been delivered (?:yet|so far)|still undelivered"
    r"|could not send message for past|transient non-fatal|only a warning|this is a warning"
    r"|warning message|warning only|no action is required|(?:do|don't"
    r"|do not) (?:not )?need to (?:resend|do anything|retry)|delivery incomplete|temporar(?:y"
    r"|ily) (?:problem|deferred|undeliver|unable)|wird weiter(?:hin)? versucht|verzögert|retardé"
    r"|retrasad|in ritardo|vertraagd|försenad|forsinket|opóźnion|задерж|sera réessay"
    r"|se seguirá intentando",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"permanent(?:ly)?(?: \w+){0,2} (?:error|fail|fatal|undeliver)|failed permanently"
    r"|permanent(?:ly)? (?:error|failure|fatal)|given up|giving up|gave up|will not (?:be )?(?:retr"
    r"|try)|no further attempts|not going to try again|has been in the queue too long"
    r"|retry time(?:out)? (?:has been )?exceeded|(?<!non-)fatal errors"
    r"|message expired|delivery (?:has )?failed|delivery time expired",
    re.IGNORECASE,
)
_COPY_BEGINS = re.compile(
    r"^(?:[-_=*# >]{0,60}(?:original message|message header|returned message|(?:this is"
    r"|below this line is|following is|here is) (?:a |the )?copy|this is a copy of (?:the|your) message"
    r"|(?:the )?(?:body|header|text|beginning) of (?:the|your) (?:original )?message"
    r"|included is a copy|message (?:text|content|headers?) follows?|unsent message"
    r"|undelivered message follows|your (?:original )?message (?:follows|is attached|reads|was)"
    r"|original (?:message )?headers?|copy of (?:the|your) message|begin (?:original )?message"
    r"|message body|start of (?:returned|original) message|enclosed is|the original message"
    r"|headers of the original)"
    r"|received: |return-path: |[-=]{3,}\s?forwarded)",
    re.IGNORECASE | re.MULTILINE,
)
_CHALLENGE = re.compile(
    r"(?:please )?(?:confirm|verify|authenticate) (?:that |your |you |this |the )|click (?:on )?(?:the"
    r"|this|here)|to (?:be )?(?:release|prove|complete)|spam ?(?:arrest|protection|blocker)|whitelist"
    r"|approved senders?|challenge|boxbe|first time (?:you|that)|out of (?:the )?office|on vacation"
    r"|annual leave|no longer (?:works?|employed|with)|urlaub|abwesend|absent du",
    re.IGNORECASE,
)
_NO_RECIPIENT = re.compile(
    r"(?:mailer-?daemon|postmaster|mail-?daemon|abuse|noreply|no-reply|hostmaster|webmaster|helpdesk)@",
    re.IGNORECASE,
)
_ID_LINE = re.compile(
    r"^[ \t>]*(?:message-id|references|in-reply-to|from|sender|return-path|reply-to|subject|x-[a-z-]+)\s?:",
    re.IGNORECASE,
)
_PASSED_ON = re.compile(r"\s*(?:re|aw|sv|fwd?|wg|tr|rv|i|vb)\s*:", re.IGNORECASE)
_READ = 20_000
_MOST = 50


@dataclass(frozen=True)
class Notice:
    """The words of a possible bounce; `own` are the addresses of the writer and of whom he writes to (us)."""

    text: str
    subject: str
    own: frozenset[str]
    original_to: str

    @cached_property
    def told(self) -> str:
        """The report without the copy of the original that follows it."""
        copy = _COPY_BEGINS.search(self.text, 0, _READ)
        begin = self.text[: copy.start()] if copy else self.text[:_READ]
        return begin if _ANY.search(begin) else self.text[:_READ]

    @property
    def everything(self) -> str:
        return f"{self.subject}\n{self.told[:6_000]}"


def says_failure(notice: Notice, *, is_machine: bool, is_daemon: bool) -> bool:
    """Whether somebody who delivers mail says that he couldn't."""
    is_told = bool(_FAILURE.search(notice.everything))
    in_subject = bool(_FAILURE.search(notice.subject))
    unmistakable = bool(_UNMISTAKABLE.search(notice.told[:3_000]))
    if is_daemon:
        return is_told
    elif _CHALLENGE.search(notice.everything) and not unmistakable:
        return False
    elif is_machine:
        return is_told and (in_subject or unmistakable)
    else:
        return in_subject and unmistakable and not _PASSED_ON.match(notice.subject)


def failed_in_words(notice: Notice) -> tuple[tuple[str, ...], bool]:
    """Whose mail did not arrive, and whether that is final."""
    permanent = not _LATE.search(notice.everything) or bool(_FINAL.search(notice.everything))
    for way in (_leading, _alone, _labelled, _near_failure, _any):
        emails = _told_of(notice, way(notice.told))
        if emails:
            return emails, permanent
    return first_addresses(notice.original_to), permanent


def first_addresses(value: str) -> tuple[str, ...]:
    """The plain addresses in `value`, in their order, at most fifty."""
    found = (match[0] for match, _ in zip(_ANY.finditer(value[:_READ]), range(_MOST), strict=False))
    return tuple(dict.fromkeys(found))


def _told_of(notice: Notice, found: Iterator[str]) -> tuple[str, ...]:
    others = (email for email in found if email.lower() not in notice.own and not _NO_RECIPIENT.match(email))
    return tuple(dict.fromkeys(others))[:_MOST]


def _lines(told: str) -> list[str]:
    return [line for line in told.split("\n")[:500] if len(line) < 1_000 and not _ID_LINE.match(line)]


def _leading(told: str) -> Iterator[str]:
    return (match[1] for line in _lines(told) if (match := _LEADING.match(line)))


def _alone(told: str) -> Iterator[str]:
    return (match[1] for line in _lines(told) if (match := _ALONE.match(line)))


def _labelled(told: str) -> Iterator[str]:
    return (match[1] for line in _lines(told) for match in _LABELLED.finditer(line))


def _near_failure(told: str) -> Iterator[str]:
    lines = _lines(told)
    for number, line in enumerate(lines):
        if _FAILURE.search("\n".join(lines[max(0, number - 1) : number + 2])):
            yield from (match[0] for match in _ANY.finditer(line))


def _any(told: str) -> Iterator[str]:
    return (match[0] for line in _lines(told) for match in _ANY.finditer(line))
