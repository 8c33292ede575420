"""What every module needs and no trade knows: money, number series, the shop, translated text, slots."""
