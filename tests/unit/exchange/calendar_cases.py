"""Events as calendars write them, with what each means; times in UTC, of November 2026 in Berlin.

`DDTHH:MM` is a start, `/N` its length in minutes where one is given, `day DD Nd` whole days,
`float` a time without a zone (on the owner's wall), `out UID` an event that is left out.
"""

from __future__ import annotations

MONDAYS = "DTSTART;TZID=Europe/Berlin:20261102T100000\nDTEND;TZID=Europe/Berlin:20261102T110000\n"


def event(lines: str, uid: str = "a") -> str:
    """A VEVENT with these lines."""
    return f"BEGIN:VEVENT\nUID:{uid}\n{lines.strip()}\nEND:VEVENT\n"


def zone(name: str, *observances: str) -> str:
    """A VTIMEZONE."""
    return f"BEGIN:VTIMEZONE\nTZID:{name}\n" + "".join(observances) + "END:VTIMEZONE\n"


WINTER = (
    "BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n"
)
SUMMER = (
    "BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\n"
)
FIXED = (
    "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\n"
)
WEEKLY = MONDAYS + "RRULE:FREQ=WEEKLY;COUNT=4\n"
NOVEMBER = ("2026-11-01", "2026-11-30")
OCTOBER = ("2026-10-01", "2026-10-31")
MARCH = ("2026-03-27", "2026-03-31")

CASES: dict[str, tuple[str, tuple[str, str], list[str]]] = {
    "one occurrence cancelled": (
        event(WEEKLY)
        + event(MONDAYS + "RECURRENCE-ID;TZID=Europe/Berlin:20261109T100000\nSTATUS:CANCELLED"),
        NOVEMBER,
        ["02T09:00", "16T09:00", "23T09:00"],
    ),
    "one occurrence cancelled, its id a date": (
        event(WEEKLY) + event(MONDAYS + "RECURRENCE-ID;VALUE=DATE:20261109\nSTATUS:CANCELLED"),
        NOVEMBER,
        ["02T09:00", "16T09:00", "23T09:00"],
    ),
    "a whole event cancelled": (event(MONDAYS + "STATUS:CANCELLED"), NOVEMBER, []),
    "a series cancelled": (event(WEEKLY + "STATUS:CANCELLED"), NOVEMBER, []),
    "this and later moved": (
        event(WEEKLY)
        + event(
            "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261116T100000\n"
            "DTSTART;TZID=Europe/Berlin:20261116T140000\nDTEND;TZID=Europe/Berlin:20261116T143000"
        ),
        NOVEMBER,
        ["02T09:00/60", "09T09:00/60", "16T13:00/30", "23T13:00/30"],
    ),
    "this and later cancelled": (
        event(WEEKLY)
        + event(
            MONDAYS.replace("1102", "1116")
            + "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261116T100000\n"
            "STATUS:CANCELLED"
        ),
        NOVEMBER,
        ["02T09:00", "09T09:00"],
    ),
    "an override before its series in the file": (
        event(
            "RECURRENCE-ID;TZID=Europe/Berlin:20261109T100000\n"
            "DTSTART;TZID=Europe/Berlin:20261109T120000\nDURATION:PT30M"
        )
        + event(WEEKLY),
        NOVEMBER,
        ["02T09:00/60", "09T11:00/30", "16T09:00/60", "23T09:00/60"],
    ),
    "an override in another zone": (
        event(WEEKLY)
        + event(
            "RECURRENCE-ID;TZID=Europe/Berlin:20261109T100000\n"
            "DTSTART;TZID=America/New_York:20261109T100000\nDURATION:PT30M"
        ),
        NOVEMBER,
        ["02T09:00/60", "09T15:00/30", "16T09:00/60", "23T09:00/60"],
    ),
    "an occurrence moved out of the window": (
        event(WEEKLY)
        + event(
            "RECURRENCE-ID;TZID=Europe/Berlin:20261109T100000\n"
            "DTSTART;TZID=Europe/Berlin:20261209T100000\nDURATION:PT30M"
        ),
        NOVEMBER,
        ["02T09:00", "16T09:00", "23T09:00"],
    ),
    "an older revision of the same event": (
        event(MONDAYS + "SEQUENCE:1") + event(MONDAYS.replace("T10", "T08") + "SEQUENCE:0"),
        NOVEMBER,
        ["02T09:00"],
    ),
    "two events under one uid": (
        event(MONDAYS) + event(MONDAYS.replace("1102", "1103")),
        NOVEMBER,
        ["02T09:00", "03T09:00"],
    ),
    "windows zone without a definition": (
        event("DTSTART;TZID=W. Europe Standard Time:20261103T100000\nDURATION:PT1H"),
        NOVEMBER,
        ["03T09:00"],
    ),
    "outlook's long zone without a definition": (
        event('DTSTART;TZID="(UTC-05:00) New York, Toronto":20261103T100000\nDURATION:PT1H'),
        NOVEMBER,
        ["03T15:00"],
    ),
    "an offset for a name": (
        event("DTSTART;TZID=GMT-0300:20261103T100000\nDURATION:PT1H"),
        NOVEMBER,
        ["03T13:00"],
    ),
    "mozilla's path of a zone": (
        event("DTSTART;TZID=/mozilla.org/20050126_1/Asia/Tokyo:20261103T100000\nDURATION:PT1H"),
        NOVEMBER,
        ["03T01:00"],
    ),
    "a zone nobody knows": (
        event("DTSTART;TZID=Customized Time Zone:20261103T100000\nDURATION:PT1H"),
        NOVEMBER,
        ["03T09:00"],
    ),
    "a zone of the file's own": (
        zone("Customized Time Zone", WINTER.replace("+0100", "-0300"), "")
        + event("DTSTART;TZID=Customized Time Zone:20261103T100000\nDURATION:PT1H"),
        NOVEMBER,
        ["03T13:00"],
    ),
    "a definition that comes after": (
        event("DTSTART;TZID=Mine:20261103T100000\nDURATION:PT1H") + zone("Mine", WINTER, SUMMER),
        NOVEMBER,
        ["03T09:00"],
    ),
    "a definition without summer under a known name": (
        zone("Europe/Berlin", FIXED)
        + event("DTSTART;TZID=Europe/Berlin:20261005T100000\nDURATION:PT1H"),
        OCTOBER,
        ["05T08:00"],
    ),
    "a series of the file's own zone over the change": (
        zone("Mine", WINTER, SUMMER)
        + event("DTSTART;TZID=Mine:20261019T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2"),
        OCTOBER,
        ["19T08:00", "26T09:00"],
    ),
    "an hour that is skipped in spring": (
        event(
            "DTSTART;TZID=Europe/Berlin:20260328T023000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3"
        ),
        MARCH,
        ["28T01:30", "29T01:30", "30T00:30"],
    ),
    "a night over the change keeps its elapsed length": (
        event(
            "DTSTART;TZID=Europe/Berlin:20261024T230000\nDTEND;TZID=Europe/Berlin:20261025T070000"
        ),
        OCTOBER,
        ["24T21:00/540"],
    ),
    "rdate as a period": (
        event(
            MONDAYS + "RDATE;VALUE=PERIOD:20261105T140000Z/PT30M,20261106T140000Z/20261106T160000Z"
        ),
        NOVEMBER,
        ["02T09:00/60", "05T14:00/30", "06T14:00/120"],
    ),
    "rdate of days": (
        event("DTSTART;VALUE=DATE:20261102\nRDATE;VALUE=DATE:20261105,20261109"),
        NOVEMBER,
        ["day 02 1d", "day 05 1d", "day 09 1d"],
    ),
    "a day excluded from days": (
        event("DTSTART;VALUE=DATE:20261102\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20261103"),
        NOVEMBER,
        ["day 02 1d", "day 04 1d"],
    ),
    "a time excluded from days": (
        event("DTSTART;VALUE=DATE:20261102\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261103T000000Z"),
        NOVEMBER,
        ["day 02 1d", "day 04 1d"],
    ),
    "excluded in utc": (
        event(WEEKLY + "EXDATE:20261109T090000Z"),
        NOVEMBER,
        ["02T09:00", "16T09:00", "23T09:00"],
    ),
    "excluded without a zone": (
        event(WEEKLY + "EXDATE:20261109T100000"),
        NOVEMBER,
        ["02T09:00", "16T09:00", "23T09:00"],
    ),
    "excluded in another zone": (
        event(WEEKLY + "EXDATE;TZID=Asia/Tokyo:20261109T180000"),
        NOVEMBER,
        ["02T09:00", "16T09:00", "23T09:00"],
    ),
    "excluded twice, once a line": (
        event(
            WEEKLY
            + "EXDATE;TZID=Europe/Berlin:20261109T100000\nEXDATE;TZID=Europe/Berlin:20261123T100000"
        ),
        NOVEMBER,
        ["02T09:00", "16T09:00"],
    ),
    "the first occurrence excluded": (
        event(WEEKLY + "EXDATE;TZID=Europe/Berlin:20261102T100000"),
        NOVEMBER,
        ["09T09:00", "16T09:00", "23T09:00"],
    ),
    "a rule that excludes": (
        event(WEEKLY + "EXRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2"),
        NOVEMBER,
        ["09T09:00", "23T09:00"],
    ),
    "a rule that excludes days beside the start": (
        event(
            "DTSTART:20261102T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5\n"
            "EXRULE:FREQ=WEEKLY;BYDAY=WE,TH"
        ),
        NOVEMBER,
        ["02T09:00", "03T09:00", "06T09:00"],
    ),
    "end before start": (
        event("DTSTART:20261103T110000Z\nDTEND:20261103T100000Z"),
        NOVEMBER,
        ["03T10:00/60"],
    ),
    "a negative length": (
        event("DTSTART:20261103T110000Z\nDURATION:-PT1H"),
        NOVEMBER,
        ["03T10:00/60"],
    ),
    "a length of days": (
        event("DTSTART:20261103T110000Z\nDURATION:P1DT2H"),
        NOVEMBER,
        ["03T11:00/1560"],
    ),
    "a length in weeks": (
        event("DTSTART;VALUE=DATE:20261103\nDURATION:P1W"),
        NOVEMBER,
        ["day 03 7d"],
    ),
    "a day that ends on the day it starts": (
        event("DTSTART;VALUE=DATE:20261103\nDTEND;VALUE=DATE:20261103"),
        NOVEMBER,
        ["day 03 1d"],
    ),
    "a date without VALUE=DATE": (
        event("DTSTART:20261103\nDTEND:20261105"),
        NOVEMBER,
        ["day 03 2d"],
    ),
    "a date that has a time": (
        event("DTSTART;VALUE=DATE:20261103T000000\nDTEND;VALUE=DATE:20261104T000000"),
        NOVEMBER,
        ["day 03 1d"],
    ),
    "days that began before the window": (
        event("DTSTART;VALUE=DATE:20261030\nDTEND;VALUE=DATE:20261103"),
        NOVEMBER,
        ["day 30 4d"],
    ),
    "a meeting over the start of the window": (
        event("DTSTART;TZID=Europe/Berlin:20261031T233000\nDURATION:PT1H"),
        NOVEMBER,
        ["31T22:30"],
    ),
    "a time without seconds": (
        event("DTSTART:20261103T1000Z\nDURATION:PT1H"),
        NOVEMBER,
        ["03T10:00"],
    ),
    "twenty-four o'clock": (event("DTSTART:20261103T240000Z"), NOVEMBER, ["04T00:00"]),
    "an offset after the time": (event("DTSTART:20261103T100000+0200"), NOVEMBER, ["03T08:00"]),
    "a floating series": (
        event("DTSTART:20261102T100000\nRRULE:FREQ=WEEKLY;COUNT=2"),
        NOVEMBER,
        ["float 02T10:00", "float 09T10:00"],
    ),
    "until in utc, of a zone behind": (
        event(
            "DTSTART;TZID=America/New_York:20261102T200000\nDURATION:PT1H\n"
            "RRULE:FREQ=DAILY;UNTIL=20261104T010000Z"
        ),
        NOVEMBER,
        ["03T01:00", "04T01:00"],
    ),
    "until before the start": (
        event(MONDAYS + "RRULE:FREQ=WEEKLY;UNTIL=20261001T000000Z"),
        NOVEMBER,
        [],
    ),
    "days until a day": (
        event("DTSTART;VALUE=DATE:20261102\nRRULE:FREQ=DAILY;UNTIL=20261103"),
        NOVEMBER,
        ["day 02 1d", "day 03 1d"],
    ),
    "every second week since long ago": (
        event(
            "DTSTART;TZID=Europe/Berlin:20160104T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
        ),
        NOVEMBER,
        ["10T09:00", "24T09:00"],
    ),
    "every day since 1990": (
        event("DTSTART;TZID=Europe/Berlin:19900101T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY"),
        ("2026-11-29", "2026-11-30"),
        ["29T09:00", "30T09:00"],
    ),
    "the second tuesday": (
        event(
            "DTSTART;TZID=Europe/Berlin:20260113T100000\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=2TU"
        ),
        NOVEMBER,
        ["10T09:00"],
    ),
    "the thirty-first of a month that has none": (
        event("DTSTART:20260831T100000Z\nRRULE:FREQ=MONTHLY"),
        ("2026-09-01", "2026-12-31"),
        ["31T10:00", "31T10:00"],
    ),
    "the leap day": (
        event("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY"),
        ("2026-02-01", "2028-03-01"),
        ["day 29 1d"],
    ),
    "weeks that begin on sunday": (
        event("DTSTART:20261103T100000Z\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU"),
        NOVEMBER,
        ["03T10:00", "15T10:00", "17T10:00", "29T10:00"],
    ),
    "two rules": (
        event(
            "DTSTART:20261102T100000Z\nRRULE:FREQ=WEEKLY;COUNT=2\nRRULE:FREQ=WEEKLY;COUNT=2;BYDAY=TU"
        ),
        NOVEMBER,
        ["02T10:00", "03T10:00", "09T10:00", "10T10:00"],
    ),
    "a rule in small letters": (
        event("DTSTART:20261102T100000Z\nRRULE:freq=weekly;count=2;"),
        NOVEMBER,
        ["02T10:00", "09T10:00"],
    ),
    "properties in small letters": (
        "begin:vevent\nuid:a\ndtstart:20261102T100000Z\nsummary:hello\nend:vevent\n",
        NOVEMBER,
        ["02T10:00"],
    ),
    "a folded line in the middle of a date": (
        event("DTSTART;TZID=Europe/Ber\n lin:2026110\n 3T100000\nDURATION:PT1H"),
        NOVEMBER,
        ["03T09:00"],
    ),
    "an alarm with times of its own": (
        event(
            "DTSTART:20261103T100000Z\nBEGIN:VALARM\nTRIGGER:-PT10M\nDURATION:PT5M\nREPEAT:2\n"
            "END:VALARM\nDTEND:20261103T110000Z"
        ),
        NOVEMBER,
        ["03T10:00/60"],
    ),
    "a todo and a journal beside": (
        "BEGIN:VTODO\nUID:t\nDTSTART:20261103T100000Z\nEND:VTODO\n"
        + event("DTSTART:20261104T100000Z"),
        NOVEMBER,
        ["04T10:00"],
    ),
    "a rule nobody can follow": (
        event("DTSTART:20261102T100000Z\nRRULE:FREQ=FORTNIGHTLY", "x")
        + event("DTSTART:20261104T100000Z"),
        NOVEMBER,
        ["04T10:00", "out x"],
    ),
    "an interval of nothing": (
        event("DTSTART:20261102T100000Z\nRRULE:FREQ=DAILY;INTERVAL=0", "x"),
        NOVEMBER,
        ["out x"],
    ),
    "every minute": (
        event("DTSTART:20261102T100000Z\nRRULE:FREQ=MINUTELY", "x"),
        NOVEMBER,
        ["out x"],
    ),
    "every second by the back door": (
        event(
            "DTSTART:20261102T100000Z\nRRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8;BYMINUTE="
            + ",".join(map(str, range(60)))
            + ";BYSECOND="
            + ",".join(map(str, range(60))),
            "x",
        ),
        NOVEMBER,
        ["out x"],
    ),
    "a day that does not exist": (
        event("DTSTART:20261131T100000Z", "x") + event("DTSTART:20261104T100000Z"),
        NOVEMBER,
        ["04T10:00", "out x"],
    ),
    "a file that is cut off": (
        event("DTSTART:20261104T100000Z") + "BEGIN:VEVENT\nUID:x\nDTSTART:20261105T100000Z\nSUMM",
        NOVEMBER,
        ["04T10:00", "out x"],
    ),
    "an event that nobody closed": (
        "BEGIN:VEVENT\nUID:x\nDTSTART:20261105T100000Z\n" + event("DTSTART:20261104T100000Z"),
        NOVEMBER,
        ["04T10:00", "out x"],
    ),
    "an event without a uid": (
        "BEGIN:VEVENT\nDTSTART:20261104T100000Z\nEND:VEVENT\n" * 1,
        NOVEMBER,
        ["04T10:00"],
    ),
    "a year before zones": (
        event("DTSTART;TZID=Europe/Berlin:16011103T100000\nRRULE:FREQ=YEARLY"),
        NOVEMBER,
        ["03T09:00"],
    ),
    "a quoted zone and a colon in it": (
        event('DTSTART;TZID="GMT +01:00":20261103T100000\nDURATION:PT1H'),
        NOVEMBER,
        ["03T09:00"],
    ),
    "the same occurrence by rule and rdate": (
        event(WEEKLY + "RDATE;TZID=Europe/Berlin:20261109T100000"),
        NOVEMBER,
        ["02T09:00", "09T09:00", "16T09:00", "23T09:00"],
    ),
}
