"""The end of a pause is sealed with whose it is."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("anonymity", "0001_initial")]

    operations = [migrations.RemoveField(model_name="block", name="until")]
