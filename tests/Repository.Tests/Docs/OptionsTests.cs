using System.Reflection;

namespace Repository.Tests.Docs;

/// <summary><c>docs/options.md</c> names every option there is, with the default that it really has.</summary>
public class OptionsTests
{
    private static readonly MarkdownFile Document = MarkdownFile.Load(SourceTree.PathOf("docs/options.md"));

    [Fact]
    public void Options_EachClass_HasItsTable()
    {
        var classes = OptionClasses().ToArray();
        Assert.NotEmpty(classes);
        Faults.AssertNone(classes.SelectMany(type => OwnOptions(type).Select(option => option.Name)
            .Except(Documented(type).Keys)
            .Select(name => $"{type.Name}.{name} is not in {Document.Name}")));
        Faults.AssertNone(classes.SelectMany(type => Documented(type).Keys
            .Except(AllOptions(type).Select(option => option.Name))
            .Select(name => $"{Document.Name} names {type.Name}.{name}, which does not exist")));
    }

    /// <summary>The table of a class comes first; what it does not name is as that of its base class says.</summary>
    [Fact]
    public void Options_Documented_HaveTheirRealDefaults()
    {
        var faults = new List<string>();
        foreach (var type in OptionClasses().Where(type => !type.IsAbstract))
        {
            var instance = DefaultsText.Make(type);
            foreach (var option in AllOptions(type))
            {
                var documented = Chain(type).Select(link => Documented(link).GetValueOrDefault(option.Name))
                    .FirstOrDefault(value => value is not null);
                var real = DefaultsText.Format(option.GetValue(instance));
                if (documented != real)
                {
                    faults.Add($"{type.Name}.{option.Name}: {Document.Name} says {documented}, it is {real}");
                }
            }
        }

        Faults.AssertNone(faults);
    }

    private static IEnumerable<Type> OptionClasses() => SourceTree.Packages
        .SelectMany(assembly => assembly.GetExportedTypes())
        .Where(type => type.IsClass && type.Name.EndsWith("Options", StringComparison.Ordinal));

    private static IEnumerable<PropertyInfo> OwnOptions(Type type) =>
        AllOptions(type).Where(option => option.DeclaringType == type);

    private static IEnumerable<PropertyInfo> AllOptions(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite
            || typeof(System.Collections.IEnumerable).IsAssignableFrom(property.PropertyType));

    private static IEnumerable<Type> Chain(Type type)
    {
        for (var link = type; link is not null && link != typeof(object); link = link.BaseType)
        {
            yield return link;
        }
    }

    private static Dictionary<string, string> Documented(Type type) =>
        Document.Rows(type.Name).ToDictionary(row => row[0].Trim('`'), row => row[1]);
}
