"""An organisation signs in at its own provider, by OpenID Connect or SAML: proven, judged, let in, and set up.

`openid` and `saml` read what a provider answers and let through only what it really said; `judging` decides what
follows from it; `arriving` lets somebody in; `setting_up` and `domains` are for administrators. Of the sign-in library
it takes the pieces (state, PKCE, links to accounts, stages of a sign-in) and none of its pages, which check less.

Doors: `domains`, the mail domains; `setting_up`, a provider put in and out of use; `emergencies`, who came in past it;
`spent`, what was said once and is forgotten when it has run out.
"""
