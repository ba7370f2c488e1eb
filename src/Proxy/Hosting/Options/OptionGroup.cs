using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The command line options of one area: they are made, described and read in one place.</summary>
/// <param name="section">Where they stand in the help.</param>
internal abstract class OptionGroup(HelpSection section)
{
    private readonly List<(Option Option, string? Default)> _options = [];

    private delegate TimeSpan? TimeReader(string text, out string error);

    /// <summary>Where they stand in the help.</summary>
    public HelpSection Section => section;

    /// <summary>The options, each with its default as it could be given; null where the description says what holds without the
    /// option.</summary>
    public IReadOnlyList<(Option Option, string? Default)> Options => _options;

    /// <summary>Adds the options to a command, in the order they were made.</summary>
    public void AddTo(Command command)
    {
        GroupedHelp.Of(command).Add(this);
        foreach (var (option, _) in _options)
            command.Options.Add(option);
    }

    /// <summary>Makes an option a member of the group.</summary>
    /// <param name="standard">Its default as it could be given.</param>
    protected T Add<T>(T option, string? standard = null)
        where T : Option
    {
        _options.Add((option, standard));
        return option;
    }

    protected Option<string?> Text(string name, string description) =>
        Add(NotEmpty(new Option<string?>(name) { Description = description }));

    /// <summary>An option that may be given several times.</summary>
    protected Option<string[]> Texts(string name, string description) => Add(NotEmpty(new Option<string[]>(name)
    {
        Description = description,
        DefaultValueFactory = _ => [],
        AllowMultipleArgumentsPerToken = false,
    }));

    /// <summary>Off by default; on by its name alone, or with a word that <see cref="ConfiguredArguments"/> reads.</summary>
    protected Option<bool> Flag(string name, string description) => Add(new Option<bool>(name) { Description = description }, "off");

    protected Option<TimeSpan> Duration(string name, string description, TimeSpan value) =>
        Time(name, description, value, OptionValues.Duration);

    /// <summary>A time that something is waited for.</summary>
    protected Option<TimeSpan> TimeLimit(string name, string description, TimeSpan value) =>
        Time(name, description, value, OptionValues.TimeLimit);

    /// <summary>A time that something is waited for, which may be 0.</summary>
    protected Option<TimeSpan> TimeLimitOrNone(string name, string description, TimeSpan value) =>
        Time(name, description, value, OptionValues.TimeLimitOrNone);

    /// <summary>A time that may be 0.</summary>
    protected Option<TimeSpan> DurationOrNone(string name, string description, TimeSpan value) =>
        Time(name, description, value, OptionValues.DurationOrNone);

    protected Option<long> Bytes(string name, string description, long value) => Add(
        new Option<long>(name)
        {
            Description = description,
            HelpName = "size",
            DefaultValueFactory = _ => value,
            CustomParser = result => Read(result, OptionValues.Size(TextOf(result), out var error), error) ?? value,
        },
        OptionTexts.Size(value));

    /// <summary>A number of bytes without a default of its own.</summary>
    protected Option<long?> Bytes(string name, string description) => Add(new Option<long?>(name)
    {
        Description = description,
        HelpName = "size",
        CustomParser = result => Read(result, OptionValues.Size(TextOf(result), out var error), error),
    });

    protected Option<int> Number(string name, string description, int value, int minimum, int maximum) => Add(
        new Option<int>(name)
        {
            Description = description,
            HelpName = "n",
            DefaultValueFactory = _ => value,
            CustomParser = result => Read(result, OptionValues.Number(TextOf(result), minimum, maximum, out var error), error) ?? value,
        },
        value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A number without a default of its own.</summary>
    protected Option<int?> Number(string name, string description, int minimum, int maximum) => Add(new Option<int?>(name)
    {
        Description = description,
        HelpName = "n",
        CustomParser = result => Read(result, OptionValues.Number(TextOf(result), minimum, maximum, out var error), error),
    });

    /// <summary>One of some words, the first of which is the default.</summary>
    protected Option<string> Choice(string name, string description, params string[] words)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => words[0],
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !words.Contains(result.Tokens[0].Value))
            {
                result.AddError(
                    $"{name}: '{result.Tokens[0].Value}' is none of its values; write {string.Join(", ", words[..^1])} or {words[^1]}.");
            }
        });
        return Add(option, words[0]);
    }

    /// <summary>The text given for an option of one value.</summary>
    protected static string TextOf(ArgumentResult result) => result.Tokens[0].Value;

    /// <summary>Passes a value on, or makes the lack of one an error that names the option.</summary>
    protected static T Read<T>(ArgumentResult result, T value, string error)
    {
        if (value is null)
            result.AddError($"{(result.Parent as OptionResult)?.Option.Name ?? "option"}: {error}");
        return value;
    }

    /// <summary>Refuses a value without a letter, as a script gives it whose variable isn't set.</summary>
    protected static T NotEmpty<T>(T option)
        where T : Option
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
                result.AddError($"{option.Name}: the value is empty; write one, or leave the option out.");
        });
        return option;
    }

    private Option<TimeSpan> Time(string name, string description, TimeSpan value, TimeReader reader) => Add(
        new Option<TimeSpan>(name)
        {
            Description = description,
            HelpName = "time",
            DefaultValueFactory = _ => value,
            CustomParser = result => Read(result, reader(TextOf(result), out var error), error) ?? value,
        },
        OptionTexts.Duration(value));
}
