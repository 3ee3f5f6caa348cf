"""Names of workouts: from the codes and words of other programs to one plain word each."""

from __future__ import annotations

import re

HEALTH_CONNECT = (
    *("workout", "badminton", "baseball", "basketball", "biking", "stationary-biking"),
    *("boot-camp", "boxing", "calisthenics", "cricket", "dancing", "exercise-class", "fencing"),
    *("american-football", "australian-football", "frisbee", "golf", "guided-breathing"),
    *("gymnastics", "handball", "hiit", "hiking", "ice-hockey", "ice-skating", "martial-arts"),
    *("paddling", "paragliding", "pilates", "racquetball", "rock-climbing", "roller-hockey"),
    *("rowing", "rugby", "running", "treadmill-running", "sailing", "scuba-diving", "skating"),
    *("skiing", "snowboarding", "snowshoeing", "soccer", "softball", "squash"),
    *("stair-climbing", "strength", "stretching", "surfing", "open-water-swimming"),
    *("pool-swimming", "table-tennis", "tennis", "volleyball", "walking", "water-polo"),
    *("weightlifting", "wheelchair", "yoga", "workout", "stair-machine", "elliptical"),
    "rowing-machine",
)
"""By number: ExerciseSessionType of Android's Health Connect itself (not Jetpack's numbers)."""

_APPLE = {
    "cycling": "biking",
    "traditional-strength-training": "strength",
    "functional-strength-training": "strength",
    "high-intensity-interval-training": "hiit",
    "mind-and-body": "mind-and-body",
    "other": "workout",
}
_STRAVA = {
    "run": "running",
    "trail-run": "running",
    "virtual-run": "running",
    "ride": "biking",
    "virtual-ride": "stationary-biking",
    "e-bike-ride": "biking",
    "mountain-bike-ride": "biking",
    "gravel-ride": "biking",
    "walk": "walking",
    "hike": "hiking",
    "swim": "swimming",
    "weight-training": "strength",
    "high-intensity-interval-training": "hiit",
    "alpine-ski": "skiing",
    "nordic-ski": "skiing",
    "backcountry-ski": "skiing",
}
_STRAVA |= {
    word: name
    for name, words in {
        "running": "lauf laufen traillauf course-à-pied carrera carrera-a-pie correr corsa"
        " corrida hardloopsessie hardlopen",
        "biking": "radfahrt radfahren cycling ciclismo cyclisme fahrt sortie-à-vélo vélo"
        " bicicleta pedalada giro giro-in-bici fietsrit",
        "walking": "spaziergang gehen marche caminata camminata caminhada wandeling",
        "hiking": "wanderung wandern randonnée senderismo excursionismo escursione trilha hike",
        "swimming": "schwimmen natation natación nuoto natação zwemmen",
        "strength": "krafttraining gewichtstraining musculation entrenamiento-con-pesas"
        " allenamento-con-pesi treinamento-com-pesos krachttraining",
    }.items()
    for word in words.split()
}
"""In the other languages of the export, as far as they are known."""
_FIT = {
    "cycling": "biking",
    "training": "workout",
    "generic": "workout",
    "fitness-equipment": "workout",
    "strength-training": "strength",
    "cardio-training": "cardio",
    "indoor-cycling": "stationary-biking",
    "lap-swimming": "pool-swimming",
    "open-water": "open-water-swimming",
    "treadmill": "treadmill-running",
    "indoor-rowing": "rowing-machine",
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^\w]+|_")


def apple(code: str) -> str:
    """`HKWorkoutActivityTypeTraditionalStrengthTraining` as `strength`."""
    name = _words(_CAMEL.sub("-", code.removeprefix("HKWorkoutActivityType")))
    return _APPLE.get(name, name) or "workout"


def strava(text: str) -> str:
    """`Weight Training` as `strength`."""
    name = _words(_CAMEL.sub("-", text))
    return _STRAVA.get(name, name) or "workout"


def fit(sport: str, sub_sport: str) -> str:
    """A FIT file's sport, or its sub-sport where that says more."""
    main, sub = _words(sport), _words(sub_sport)
    name = _FIT.get(sub, sub) if sub and sub not in ("generic", "all") else main
    return _FIT.get(name, name) or "workout"


def health_connect(code: object) -> str | None:
    """The name of an ExerciseSessionType; None for a number that is not known."""
    if isinstance(code, int) and 0 <= code < len(HEALTH_CONNECT):
        return HEALTH_CONNECT[code]
    return None


def _words(text: str) -> str:
    return _OTHER.sub("-", text.strip().casefold()).strip("-")
