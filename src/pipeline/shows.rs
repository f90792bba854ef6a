//! Shows of the past and the present one, as they are read afterwards.
