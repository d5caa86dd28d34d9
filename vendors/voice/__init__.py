"""What people say of a vendor: feedback, pulses, and both beside the service level.

Doors: `feedback`, how it felt; `feedback_forms`, what may be said; `pulses`, four questions by a link; `pulse_forms`,
people as they are typed; `pulses_by_themselves`, asked by nobody; `quadrant`, service level and feeling.
"""
