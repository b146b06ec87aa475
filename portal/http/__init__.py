"""What every web door shares: context, language, conditional answers, page cache, problems, headers."""
