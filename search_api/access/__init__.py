"""Who may do what: access tokens for staff and programs, and their roles."""

from search_api.access.roles import ROLES, Role
from search_api.access.tokens import Token, TokenError, TokenStore

__all__ = ["ROLES", "Role", "Token", "TokenError", "TokenStore"]
