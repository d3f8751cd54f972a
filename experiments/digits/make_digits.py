"""The handwritten digits of scikit-learn as pictures and a table: 1,797 grey pictures of 8 by 8 pixels.

python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 pillow==13.0.0
venv/bin/python experiments/digits/make_digits.py /path/to/digits
"""

import csv
import sys
from pathlib import Path

from PIL import Image
from sklearn.datasets import load_digits

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
digits = load_digits()
with open(folder / "digits.csv", "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["image_path", "digit"])
    for i, (image, digit) in enumerate(zip(digits.images, digits.target)):
        # Levels from 0 to 16.
        Image.fromarray((image * 255 / 16).round().astype("uint8")).save(folder / f"{i}.png")
        table.writerow([f"{i}.png", int(digit)])
