"""Turn the fonts of the papers into TTF: `python assets/fonts.py`. From the packages that npm installed."""

from pathlib import Path

from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src/mainspring/billing/papers/fonts"
FACES = {
    "noto-sans": ("latin", "latin-ext", "cyrillic", "greek"),
    "noto-sans-hebrew": ("hebrew",),
    "noto-sans-arabic": ("arabic",),
}
WEIGHTS = (400, 700)


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for family, subsets in FACES.items():
        for subset in subsets:
            for weight in WEIGHTS:
                source = ROOT / f"node_modules/@fontsource/{family}/files/{family}-{subset}-{weight}-normal.woff"
                font = TTFont(source)
                font.flavor = None
                name = "Noto Sans " + subset.replace("-", " ").title()
                for record in font["name"].names:
                    if record.nameID in (1, 4, 16):
                        record.string = name
                font.save(TARGET / f"{family}-{subset}-{weight}.ttf")


if __name__ == "__main__":
    main()
