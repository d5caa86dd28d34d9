"""The seven marks, the figure that recurs on page and paper: one function a form, each returning one SVG.

Plain Python: no framework, and every text is passed in. A status is told by shape first and by colour
second, so a grey print loses nothing. No style attribute is written: colours are presentation attributes,
which a strict content security policy allows and the PDF renderer understands (it gives document CSS to no
inline SVG). Every part also has a class, for the page to restyle.

Doors: `marks`, the seven marks, also as a ring, and the dumbbell of a rule; `radar`, `bars`, `quadrant`, `power_map`,
`timeline` and `trend`, a drawing each; `paper`, the image that stands for one in a document; `parts`, what they share,
and how wide words run.
"""
