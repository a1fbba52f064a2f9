"""Every parameter: has it its effect, is it refused clearly, or is it dropped in silence."""
