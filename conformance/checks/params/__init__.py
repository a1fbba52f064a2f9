"""Every parameter: has it its effect, is it rejected clearly, or is it dropped in silence."""
